// The app may give a user-assigned identity to endpoints.
param name string
param principalId string

var own = loadJsonContent('../roles.json').own

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: name
}

resource assigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(identity.id, principalId, own['Managed Identity Operator'])
  scope: identity
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', own['Managed Identity Operator'])
  }
}
