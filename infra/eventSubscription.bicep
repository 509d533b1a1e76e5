// Events of dropped blobs go to the app's blob trigger. Deployed after the code: the host makes the
// key `blobs_extension` when it first loads a blob trigger, and answers Event Grid's validation.
param app string
param topic string
param drops string
param container string = 'flows'
param function string = 'on_drop'

resource site 'Microsoft.Web/sites@2024-04-01' existing = {
  name: app
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: drops
}

resource source 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topic
}

// The key stays inside the deployment: Azure Resource Manager reads it, and hands it to Event Grid.
var key = listKeys('${site.id}/host/default', '2024-04-01').systemKeys.blobs_extension

resource dropped 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: source
  name: 'sluice'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: 'https://${site.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.${function}&code=${key}'
        maxEventsPerBatch: 1
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/${container}/blobs/'
      isSubjectCaseSensitive: true
    }
    retryPolicy: { eventTimeToLiveInMinutes: 1440, maxDeliveryAttempts: 30 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: account.id, blobContainerName: 'event-dead-letters' }
      }
    }
  }
}
