// Metrics of endpoints are read from the workspace's Application Insights.
param name string
param principalId string

var own = loadJsonContent('../roles.json').own

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: name
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, own['Monitoring Reader'])
  scope: insights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', own['Monitoring Reader'])
  }
}
