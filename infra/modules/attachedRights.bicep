// The app's roles on a workspace's storage account, registry and Application Insights.
param storageId string
param insightsId string
@description('Empty: the workspace has built no image yet, and has no registry.')
param registryId string
param principalId string
param assignsRoles bool
param condition string

var storage = split(storageId, '/')
var insights = split(insightsId, '/')
var registry = split(empty(registryId) ? storageId : registryId, '/')

module storageRights 'storageRights.bicep' = {
  name: 'sluice-storageRights'
  scope: resourceGroup(storage[2], storage[4])
  params: {
    name: last(storage)
    principalId: principalId
    assignsRoles: assignsRoles
    condition: condition
  }
}

module insightsRights 'insightsRights.bicep' = {
  name: 'sluice-insightsRights'
  scope: resourceGroup(insights[2], insights[4])
  params: { name: last(insights), principalId: principalId }
}

module registryRights 'registryRights.bicep' = if (assignsRoles && !empty(registryId)) {
  name: 'sluice-registryRights'
  scope: resourceGroup(registry[2], registry[4])
  params: { name: last(registry), principalId: principalId, condition: condition }
}
