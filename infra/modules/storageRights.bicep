// Models are uploaded to the workspace's account; identities of endpoints read them there.
param name string
param principalId string
param assignsRoles bool
param condition string

var own = loadJsonContent('../roles.json').own

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: name
}

resource uploads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, own['Storage Blob Data Contributor'])
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', own['Storage Blob Data Contributor'])
  }
}

resource assigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (assignsRoles) {
  name: guid(account.id, principalId, own['Role Based Access Control Administrator'])
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', own['Role Based Access Control Administrator'])
    conditionVersion: '2.0'
    condition: condition
  }
}
