// The app's roles on a workspace, and on the accounts that belong to it, wherever they are.
param workspaceName string
param principalId string
@description('The app may assign the roles of roles.json, to managed identities only.')
param assignsRoles bool

var own = loadJsonContent('../roles.json').own

resource workspace 'Microsoft.MachineLearningServices/workspaces@2025-06-01' existing = {
  name: workspaceName
}

module condition 'condition.bicep' = {
  name: 'sluice-condition'
}

resource rights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in [
  own['AzureML Data Scientist']
  own['Monitoring Reader']
]: {
  name: guid(workspace.id, principalId, role)
  scope: workspace
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

resource assigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (assignsRoles) {
  name: guid(workspace.id, principalId, own['Role Based Access Control Administrator'])
  scope: workspace
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', own['Role Based Access Control Administrator'])
    conditionVersion: '2.0'
    condition: condition.outputs.text
  }
}

module attached 'attachedRights.bicep' = {
  name: 'sluice-attached'
  params: {
    storageId: workspace.properties.storageAccount
    insightsId: workspace.properties.applicationInsights
    registryId: workspace.properties.?containerRegistry ?? ''
    principalId: principalId
    assignsRoles: assignsRoles
    condition: condition.outputs.text
  }
}
