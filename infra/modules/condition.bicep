// The condition of Role Based Access Control Administrator: which roles, and to whom.
var granted = [for role in loadJsonContent('../roles.json').granted: role.id]
var roles = join(granted, ', ')
var template = '''((!(ActionMatches{'Microsoft.Authorization/roleAssignments/ACT'})) OR (@SIDE[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {ROLES} AND @SIDE[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))'''
var named = replace(template, 'ROLES', roles)
var writes = replace(replace(named, 'ACT', 'write'), 'SIDE', 'Request')
var deletes = replace(replace(named, 'ACT', 'delete'), 'SIDE', 'Resource')

output text string = '${writes} AND ${deletes}'
