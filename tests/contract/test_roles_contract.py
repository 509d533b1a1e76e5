import uuid

import pytest

from shared.domain.access.permission import permits
from shared.domain.access.roles import (
    CONNECTION_SECRETS_READER,
    READ_SECRETS,
    STORAGE_BLOB_DATA_READER,
)
from shared.domain.failure import Denied
from tests.contract.azure_sides import Cloud

ROLE = CONNECTION_SECRETS_READER.id


def test_a_grant_is_visible_at_its_scope_and_below(there: Cloud) -> None:
    principal, scope = str(uuid.uuid4()), there.workspace.facts().id
    assert there.roles.assignments(scope, principal) == ()
    given = there.roles.assign(scope, ROLE, principal)
    assert (given.scope, given.role_id, given.principal_id) == (scope, ROLE, principal)
    assert given.created_on
    assert there.roles.assignments(scope, principal) == (given,)
    assert there.roles.assignments(f"{scope}/onlineEndpoints/echo", principal) == (given,)
    lower = str(uuid.uuid4())
    there.roles.assign(f"{scope}/onlineEndpoints/echo", ROLE, lower)
    assert there.roles.assignments(scope, lower) == ()


def test_granting_twice_is_one_assignment(there: Cloud) -> None:
    principal, scope = str(uuid.uuid4()), there.workspace.facts().id
    assert there.roles.assign(scope, ROLE, principal) == there.roles.assign(scope, ROLE, principal)
    there.roles.assign(scope, STORAGE_BLOB_DATA_READER.id, principal)
    assert len(there.roles.assignments(scope, principal)) == 2


def test_a_grant_that_sluice_may_not_make_is_denied(there: Cloud) -> None:
    there.forbid_grants()
    with pytest.raises(Denied) as denied:
        there.roles.assign(there.workspace.facts().id, ROLE, str(uuid.uuid4()))
    assert denied.value.code == "AuthorizationFailed"


def test_a_role_assignment_may_be_deleted_twice(there: Cloud) -> None:
    principal, scope = str(uuid.uuid4()), there.workspace.facts().id
    given = there.roles.assign(scope, ROLE, principal)
    there.roles.remove_assignment(given.id)
    there.roles.remove_assignment(given.id)
    assert there.roles.assignments(scope, principal) == ()


def test_a_role_is_found_by_name_and_by_id(there: Cloud) -> None:
    scope = there.workspace.facts().id
    arm_id = f"/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{ROLE}"
    for named in (CONNECTION_SECRETS_READER.name, ROLE, arm_id):
        assert there.roles.find_role(scope, named) == CONNECTION_SECRETS_READER
    assert there.roles.find_role(scope, "Nobody's role") is None
    assert there.roles.find_role(scope, str(uuid.uuid4())) is None


def test_the_permissions_of_a_role_can_be_read(there: Cloud) -> None:
    scope = there.workspace.facts().id
    assert permits(there.roles.role_permissions(scope, ROLE), READ_SECRETS)
    assert not permits(
        there.roles.role_permissions(scope, STORAGE_BLOB_DATA_READER.id), READ_SECRETS
    )
    assert there.roles.role_permissions(scope, str(uuid.uuid4())) == ()


def test_sluice_can_read_its_own_permissions(there: Cloud) -> None:
    own = there.roles.own_permissions(there.workspace.facts().id)
    assert permits(own, READ_SECRETS)
