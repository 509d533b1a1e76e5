// Quota and old operations are read at the subscription. No built-in role has only that.
targetScope = 'subscription'

param token string
param principalId string

var here = subscription().id

resource reader 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(here, token, 'region-reader')
  properties: {
    roleName: 'Azure ML Region Reader (${token})'
    description: 'Reads operations, sizes and quota of Azure ML'
    type: 'CustomRole'
    permissions: [
      { actions: ['Microsoft.MachineLearningServices/locations/*/read'] }
    ]
    assignableScopes: [here]
  }
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(here, token, principalId)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader.id
  }
}
