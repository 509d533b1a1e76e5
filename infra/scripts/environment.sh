#!/bin/sh
# Prints the variables that `sluice` reads, for the azd environment: eval "$(infra/scripts/environment.sh)"
set -eu

value() { azd env get-value "$1"; }

app=$(value SLUICE_APP)
group=$(value SLUICE_GROUP)
key=$(az functionapp keys list --subscription "$(value AZURE_SUBSCRIPTION_ID)" \
  --resource-group "$group" --name "$app" --query functionKeys.default --output tsv)

cat <<END
export SLUICE_FUNCTIONS_URL='$(value SLUICE_FUNCTIONS_URL)'
export SLUICE_FUNCTION_KEY='$key'
export SLUICE_STORAGE='$(value SLUICE_STORAGE)'
export AZURE_SUBSCRIPTION_ID='$(value AZURE_SUBSCRIPTION_ID)'
export AZURE_RESOURCE_GROUP='$(value SLUICE_WORKSPACE_GROUP_USED)'
export AZURE_ML_WORKSPACE='$(value SLUICE_WORKSPACE_USED)'
END
