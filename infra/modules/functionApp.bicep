// The function app on Flex Consumption. All its connections are by identity.
param name string
param location string
param tags object
param identityId string
param clientId string
param hostStorage string
param drops string
param bus string
@description('The connection string of Application Insights.')
param insights string
param workspaceGroup string
param workspaceName string
param subnetId string
param callers array
param alwaysReady int

var suffix = environment().suffixes.storage
var hostBlobs = 'https://${hostStorage}.blob.${suffix}'

// What an operator decides; docs/reference/settings.md has them all.
var decided = loadJsonContent('../settings.json')
var policy = loadJsonContent('../policy.json')

var settings = {
  AzureWebJobsStorage__blobServiceUri: hostBlobs
  AzureWebJobsStorage__queueServiceUri: 'https://${hostStorage}.queue.${suffix}'
  AzureWebJobsStorage__tableServiceUri: 'https://${hostStorage}.table.${suffix}'
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: clientId
  SluiceStorage__blobServiceUri: 'https://${drops}.blob.${suffix}'
  SluiceStorage__queueServiceUri: 'https://${drops}.queue.${suffix}'
  SluiceStorage__credential: 'managedidentity'
  SluiceStorage__clientId: clientId
  SluiceServiceBus__fullyQualifiedNamespace: '${bus}.servicebus.windows.net'
  SluiceServiceBus__credential: 'managedidentity'
  SluiceServiceBus__clientId: clientId
  AZURE_CLIENT_ID: clientId
  AZURE_SUBSCRIPTION_ID: subscription().subscriptionId
  AZURE_RESOURCE_GROUP: workspaceGroup
  AZURE_ML_WORKSPACE: workspaceName
  SLUICE_POLICY: string(policy)
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
  PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY: 'true'
  // Sluice tells of its calls itself; libraries would send signed URLs.
  OTEL_PYTHON_DISABLED_INSTRUMENTATIONS: 'azure_sdk,django,fastapi,flask,httpx,httpx2,psycopg2,requests,urllib,urllib3'
  PYTHON_THREADPOOL_THREAD_COUNT: '32'
}

var eventGrid = {
  name: 'EventGrid'
  tag: 'ServiceTag'
  ipAddress: 'AzureEventGrid'
  action: 'Allow'
  priority: 100
}
var others = [for (range, i) in callers: {
  name: 'caller-${i}'
  ipAddress: range
  action: 'Allow'
  priority: 200 + i
}]

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'sluice' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      runtime: { name: 'python', version: '3.13' }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: 40
        alwaysReady: alwaysReady == 0 ? [] : [{ name: 'durable', instanceCount: alwaysReady }]
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostBlobs}/app-package'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      ipSecurityRestrictions: empty(callers) ? [] : concat([eventGrid], others)
      ipSecurityRestrictionsDefaultAction: empty(callers) ? 'Allow' : 'Deny'
      appSettings: [for setting in items(union(decided, settings)): { name: setting.key, value: setting.value }]
    }
  }
}

// Publishing by user name and password is off; azd and az sign in.
resource scmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource ftpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

output name string = app.name
output hostName string = app.properties.defaultHostName
