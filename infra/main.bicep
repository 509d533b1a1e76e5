// Everything that Sluice needs on Azure, in a resource group of its own; the workspace may be yours.
targetScope = 'subscription'

@description('The name of the azd environment. Names of resources come from it.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('The region of everything that is created.')
param location string

@description('An existing workspace of this subscription. Empty: a new one, for trying.')
param workspaceName string = ''

@description('The resource group of the existing workspace.')
param workspaceGroup string = ''

@description('Object id of who may drop flows, and call endpoints of the new workspace. Empty: nobody.')
param developerId string = ''

@allowed(['User', 'Group', 'ServicePrincipal'])
param developerType string = 'User'

@description('Sluice assigns roles to the identities of endpoints. Otherwise each grant waits for you.')
param assignsRoles bool = true

@description('Sluice reads quota, by a role of the subscription that this template defines.')
param readsQuota bool = true

@description('Storage and Service Bus are reached from a virtual network only.')
param isPrivate bool = false

@description('Address ranges that may call the app, such as 203.0.113.0/24. Empty: all, with a key.')
param callers array = []

@description('ARM ids of the user-assigned identities that endpoints may run as.')
param endpointIdentities array = []

@description('Instances that always run for jobs. 0 costs nothing, and the first job starts later.')
@minValue(0)
param alwaysReady int = 1

var own = loadJsonContent('roles.json').own
var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }
var isNew = empty(workspaceName)
var place = isNew ? group.name : workspaceGroup
var workspace = isNew ? 'mlw-${token}' : workspaceName
var developers = empty(developerId) ? [] : [{ id: developerId, type: developerType }]

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'sluice-identity'
  scope: group
  params: { name: 'id-${token}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'sluice-monitoring'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    roles: [own['Monitoring Metrics Publisher']]
  }
}

module hostStorage 'modules/storage.bicep' = {
  name: 'sluice-hostStorage'
  scope: group
  params: {
    name: 'sthost${token}'
    location: location
    tags: tags
    isPrivate: isPrivate
    containers: ['app-package']
    principalId: identity.outputs.principalId
    roles: [
      own['Storage Blob Data Owner']
      own['Storage Queue Data Contributor']
      own['Storage Table Data Contributor']
    ]
  }
}

module drops 'modules/storage.bicep' = {
  name: 'sluice-drops'
  scope: group
  params: {
    name: 'stdrop${token}'
    location: location
    tags: tags
    isPrivate: isPrivate
    containers: ['flows', 'ledger', 'event-dead-letters']
    principalId: identity.outputs.principalId
    roles: [own['Storage Blob Data Contributor'], own['Storage Queue Data Contributor']]
  }
}

module dropRights 'modules/dropRights.bicep' = {
  name: 'sluice-dropRights'
  scope: group
  params: { account: drops.outputs.name, container: 'flows', developers: developers }
}

module bus 'modules/bus.bicep' = {
  name: 'sluice-bus'
  scope: group
  params: {
    name: 'sb-${token}'
    location: location
    tags: tags
    isPrivate: isPrivate
    principalId: identity.outputs.principalId
    roles: [own['Azure Service Bus Data Receiver'], own['Azure Service Bus Data Sender']]
  }
}

module network 'modules/network.bicep' = if (isPrivate) {
  name: 'sluice-network'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    hostStorageId: hostStorage.outputs.id
    dropsId: drops.outputs.id
    busId: bus.outputs.id
  }
}

module app 'modules/functionApp.bicep' = {
  name: 'sluice-app'
  scope: group
  params: {
    name: 'func-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    clientId: identity.outputs.clientId
    hostStorage: hostStorage.outputs.name
    drops: drops.outputs.name
    bus: bus.outputs.name
    insights: monitoring.outputs.connectionString
    workspaceGroup: place
    workspaceName: workspace
    subnetId: isPrivate ? network!.outputs.appSubnetId : ''
    callers: callers
    alwaysReady: alwaysReady
  }
}

module events 'modules/events.bicep' = {
  name: 'sluice-events'
  scope: group
  params: { name: 'evgt-${token}', location: location, tags: tags, drops: drops.outputs.name }
}

module newWorkspace 'modules/workspace.bicep' = if (isNew) {
  name: 'sluice-newWorkspace'
  scope: group
  params: {
    name: workspace
    token: token
    location: location
    tags: tags
    logsId: monitoring.outputs.logsId
    developers: developers
  }
}

module workspaceRights 'modules/workspaceRights.bicep' = {
  name: 'sluice-workspaceRights'
  scope: resourceGroup(isNew ? 'rg-${environmentName}' : workspaceGroup)
  params: {
    workspaceName: isNew ? newWorkspace!.outputs.name : workspaceName
    principalId: identity.outputs.principalId
    assignsRoles: assignsRoles
  }
}

module identityRights 'modules/identityRights.bicep' = [for id in endpointIdentities: {
  name: 'sluice-identityRights-${uniqueString(id)}'
  scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
  params: { name: last(split(id, '/')), principalId: identity.outputs.principalId }
}]

module quotaRights 'modules/quotaRights.bicep' = if (readsQuota) {
  name: 'sluice-quotaRights'
  params: { token: token, principalId: identity.outputs.principalId }
}

output SLUICE_APP string = app.outputs.name
output SLUICE_GROUP string = group.name
output SLUICE_TOPIC string = events.outputs.name
output SLUICE_FUNCTIONS_URL string = 'https://${app.outputs.hostName}'
output SLUICE_STORAGE string = 'https://${drops.outputs.name}.blob.${environment().suffixes.storage}'
output SLUICE_DROPS string = drops.outputs.name
output SLUICE_WORKSPACE_GROUP_USED string = place
output SLUICE_WORKSPACE_USED string = workspace
