// The virtual network of the app, and private endpoints of what it uses.
param token string
param location string
param tags object
param hostStorageId string
param dropsId string
param busId string

var suffix = environment().suffixes.storage
var blob = 'privatelink.blob.${suffix}'
var queue = 'privatelink.queue.${suffix}'
var table = 'privatelink.table.${suffix}'
var bus = 'privatelink.servicebus.windows.net'
var zones = [blob, queue, table, bus]
var links = [
  { name: 'host-blob', target: hostStorageId, part: 'blob', zone: blob }
  { name: 'host-queue', target: hostStorageId, part: 'queue', zone: queue }
  { name: 'host-table', target: hostStorageId, part: 'table', zone: table }
  { name: 'drops-blob', target: dropsId, part: 'blob', zone: blob }
  { name: 'drops-queue', target: dropsId, part: 'queue', zone: queue }
  { name: 'bus', target: busId, part: 'namespace', zone: bus }
]

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: '10.0.0.0/24'
          delegations: [
            { name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: { addressPrefix: '10.0.1.0/24' }
      }
    ]
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [for name in zones: {
  name: name
  location: 'global'
  tags: tags
}]

resource linked 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (name, i) in zones: {
  parent: zone[i]
  name: 'app'
  location: 'global'
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: network.id }
  }
}]

module endpoints 'privateEndpoint.bicep' = [for link in links: {
  name: 'sluice-${link.name}'
  params: {
    name: 'pe-${link.name}-${token}'
    location: location
    tags: tags
    subnetId: '${network.id}/subnets/endpoints'
    target: link.target
    part: link.part
    zone: link.zone
  }
  dependsOn: [linked]
}]

output appSubnetId string = '${network.id}/subnets/app'
