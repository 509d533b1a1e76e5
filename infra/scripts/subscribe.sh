#!/bin/sh
# Subscribes the app to the events of dropped flows, once its code is there; safe to run again.
# azd runs it after each deployment; by hand: set the variables that `azd env get-values` shows.
set -eu

: "${AZURE_SUBSCRIPTION_ID:?is set by azd}" "${SLUICE_GROUP:?is set by azd provision}"
: "${SLUICE_APP:?is set by azd provision}" "${SLUICE_DROPS:?is set by azd provision}"
: "${SLUICE_TOPIC:?is set by azd provision}"
pause=${SLUICE_PAUSE_SECONDS:-10}
app=/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$SLUICE_GROUP/providers/Microsoft.Web/sites/$SLUICE_APP

# Tells whether the key exists; the key itself stays in Azure.
has_key() {
  az rest --method post --url "$app/host/default/listKeys?api-version=2024-04-01" \
    --query "systemKeys.blobs_extension != null" --output tsv
}

subscribe() {
  az deployment group create --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$SLUICE_GROUP" \
    --name sluice-events --template-file "$(dirname "$0")/../eventSubscription.bicep" \
    --parameters app="$SLUICE_APP" topic="$SLUICE_TOPIC" drops="$SLUICE_DROPS" --output none
}

tries=0
until [ "$(has_key)" = true ]; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo "The host of $SLUICE_APP has no key blobs_extension: its code did not load." >&2
    echo "See its log: az webapp log tail -g $SLUICE_GROUP -n $SLUICE_APP" >&2
    exit 1
  fi
  echo "Waiting until the host of $SLUICE_APP has loaded its code ..."
  sleep "$pause"
done

# Event Grid asks the app to confirm the subscription; an app that is just starting may be too late.
tries=0
until subscribe; do
  tries=$((tries + 1))
  if [ "$tries" -ge 5 ]; then
    echo "The subscription could not be made; the reason stands above. Then run this again." >&2
    exit 1
  fi
  sleep "$pause"
done

echo "Flows dropped into $SLUICE_DROPS/flows are deployed. For the command line:"
echo "  eval \"\$(infra/scripts/environment.sh)\""
