// Who may drop flows: a role on one container.
param account string
param container string
@description('Objects with the id and the type of a principal.')
param developers array

var own = loadJsonContent('../roles.json').own

resource drops 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: account
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: drops
  name: 'default'
}

resource flows 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  parent: blobs
  name: container
}

resource rights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for developer in developers: {
  name: guid(flows.id, developer.id, own['Storage Blob Data Contributor'])
  scope: flows
  properties: {
    principalId: developer.id
    principalType: developer.type
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', own['Storage Blob Data Contributor'])
  }
}]
