// A workspace for trying, with what belongs to one. Its storage has no shared keys.
param name string
param token string
param location string
param tags object
@description('The Log Analytics workspace that keeps what endpoints send.')
param logsId string
@description('Objects with the id and the type of a principal: they may call endpoints.')
param developers array

var own = loadJsonContent('../roles.json').own

module storage 'storage.bicep' = {
  name: 'sluice-storage'
  params: { name: 'stml${token}', location: location, tags: tags }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-${token}'
  location: location
  tags: tags
  properties: {
    sku: { family: 'A', name: 'standard' }
    tenantId: tenant().tenantId
    enableRbacAuthorization: true
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: 'cr${token}'
  location: location
  tags: tags
  sku: { name: 'Basic' }
  properties: { adminUserEnabled: false }
}

// Containers of endpoints have no identity to send with: they use the key in the connection string.
resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-ml-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logsId
    DisableLocalAuth: false
  }
}

resource workspace 'Microsoft.MachineLearningServices/workspaces@2025-06-01' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  sku: { name: 'Basic', tier: 'Basic' }
  properties: {
    friendlyName: name
    storageAccount: storage.outputs.id
    keyVault: vault.id
    containerRegistry: registry.id
    applicationInsights: insights.id
    systemDatastoresAuthMode: 'Identity'
    publicNetworkAccess: 'Enabled'
  }
}

resource rights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for developer in developers: {
  name: guid(workspace.id, developer.id, own['AzureML Data Scientist'])
  scope: workspace
  properties: {
    principalId: developer.id
    principalType: developer.type
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', own['AzureML Data Scientist'])
  }
}]

output name string = workspace.name
