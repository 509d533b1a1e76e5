// Application Insights. Only identities may send to it: its connection string is no secret.
param token string
param location string
param tags object
param principalId string
@description('Ids of the roles that the app gets.')
param roles array

resource logs 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logs.id
    DisableLocalAuth: true
  }
}

resource rights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in roles: {
  name: guid(insights.id, principalId, role)
  scope: insights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

output logsId string = logs.id
output connectionString string = insights.properties.ConnectionString
