// Identities of endpoints pull images from the workspace's registry.
param name string
param principalId string
param condition string

var own = loadJsonContent('../roles.json').own

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {
  name: name
}

resource assigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, principalId, own['Role Based Access Control Administrator'])
  scope: registry
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', own['Role Based Access Control Administrator'])
    conditionVersion: '2.0'
    condition: condition
  }
}
