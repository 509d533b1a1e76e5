#!/bin/sh
# Lets people sign in to the app with their work accounts, in place of a function key; safe to run again.
# It registers an application with the roles Sluice.Reader and Sluice.Operator, makes whoever runs it an
# operator, and turns on the sign-in of App Service. Needs `az login` as somebody who may register
# applications. Set the variables that `azd env get-values` shows.
set -eu

: "${AZURE_SUBSCRIPTION_ID:?is set by azd}" "${SLUICE_GROUP:?is set by azd provision}"
: "${SLUICE_APP:?is set by azd provision}" "${SLUICE_FUNCTIONS_URL:?is set by azd provision}"
graph=https://graph.microsoft.com/v1.0
site=/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$SLUICE_GROUP/providers/Microsoft.Web/sites/$SLUICE_APP
azure_cli=04b07795-8ddb-461a-bbee-02f9e1bf7b46
reader=0e6f2f6a-5f0b-4a52-9a86-2f3bb5b4c9f1
operator=5b0c52ce-6a1e-4f0e-8f6a-4d6c1f9d7b32
scope=c1c0a7de-93b4-4f35-9a3b-7a0c7f9a2f10

client=$(az ad app list --display-name "$SLUICE_APP" --query '[0].appId' --output tsv)
if [ -z "$client" ]; then
  client=$(az ad app create --display-name "$SLUICE_APP" --sign-in-audience AzureADMyOrg \
    --enable-id-token-issuance true --web-redirect-uris "$SLUICE_FUNCTIONS_URL/.auth/login/aad/callback" \
    --query appId --output tsv)
fi

# The roles, and a scope that the Azure command line may ask a token for.
az rest --method patch --url "$graph/applications(appId='$client')" --headers Content-Type=application/json --body "{
  \"identifierUris\": [\"api://$client\"],
  \"appRoles\": [
    {\"id\": \"$reader\", \"value\": \"Sluice.Reader\", \"displayName\": \"Reader\", \"isEnabled\": true,
     \"description\": \"Sees jobs and endpoints\", \"allowedMemberTypes\": [\"User\", \"Application\"]},
    {\"id\": \"$operator\", \"value\": \"Sluice.Operator\", \"displayName\": \"Operator\", \"isEnabled\": true,
     \"description\": \"Deploys, decides and deletes\", \"allowedMemberTypes\": [\"User\", \"Application\"]}],
  \"api\": {
    \"requestedAccessTokenVersion\": 2,
    \"oauth2PermissionScopes\": [
      {\"id\": \"$scope\", \"value\": \"user_impersonation\", \"type\": \"User\", \"isEnabled\": true,
       \"adminConsentDisplayName\": \"Call Sluice\", \"adminConsentDescription\": \"Call Sluice as the signed-in user\"}]}}"
az rest --method patch --url "$graph/applications(appId='$client')" --headers Content-Type=application/json --body "{
  \"api\": {\"preAuthorizedApplications\": [
    {\"appId\": \"$azure_cli\", \"delegatedPermissionIds\": [\"$scope\"]}]}}"

principal=$(az ad sp list --filter "appId eq '$client'" --query '[0].id' --output tsv)
[ -n "$principal" ] || principal=$(az ad sp create --id "$client" --query id --output tsv)
me=$(az ad signed-in-user show --query id --output tsv)
held=$(az rest --method get --url "$graph/servicePrincipals/$principal/appRoleAssignedTo" \
  --query "value[?principalId=='$me' && appRoleId=='$operator'] | [0].id" --output tsv)
[ -n "$held" ] || az rest --method post --url "$graph/servicePrincipals/$principal/appRoleAssignedTo" \
  --headers Content-Type=application/json --output none \
  --body "{\"principalId\": \"$me\", \"resourceId\": \"$principal\", \"appRoleId\": \"$operator\"}"

# Nobody is sent to the sign-in: the page offers it, and Sluice refuses who has not signed in. So the
# events of dropped flows, which come with a key of the host, go on to arrive.
tenant=$(az account show --query tenantId --output tsv)
az rest --method put --url "$site/config/authsettingsV2?api-version=2024-04-01" --output none --body "{
  \"properties\": {
    \"platform\": {\"enabled\": true},
    \"globalValidation\": {\"unauthenticatedClientAction\": \"AllowAnonymous\"},
    \"login\": {\"tokenStore\": {\"enabled\": false}},
    \"identityProviders\": {\"azureActiveDirectory\": {
      \"enabled\": true,
      \"registration\": {\"clientId\": \"$client\", \"openIdIssuer\": \"https://login.microsoftonline.com/$tenant/v2.0\"},
      \"validation\": {
        \"allowedAudiences\": [\"$client\", \"api://$client\"],
        \"defaultAuthorizationPolicy\": {\"allowedApplications\": [\"$client\", \"$azure_cli\"]}}}}}}"
az functionapp config appsettings set --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$SLUICE_GROUP" \
  --name "$SLUICE_APP" --output none --settings "SIGN_IN_AUDIENCE=api://$client" \
  "READERS=role:Sluice.Reader" "OPERATORS=role:Sluice.Operator"

echo "Sign in at $SLUICE_FUNCTIONS_URL/api/ui. The command line: az login, and unset SLUICE_FUNCTION_KEY"
