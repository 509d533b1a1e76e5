import pytest

from shared.domain.access.permission import Permission, permits
from shared.domain.access.roles import Grant, Role, RoleAssignment, covers

SECRETS = "Microsoft.MachineLearningServices/workspaces/connections/listsecrets/action"


@pytest.mark.parametrize(
    ("pattern", "given"),
    [
        (SECRETS, True),
        (SECRETS.lower(), True),
        ("*", True),
        ("Microsoft.MachineLearningServices/workspaces/connections/*", True),
        ("Microsoft.MachineLearningServices/*/action", True),
        ("Microsoft.MachineLearningServices/workspaces/connections/read", False),
        ("*/read", False),
        ("Microsoft.MachineLearningServices/workspaces/connections", False),
    ],
)
def test_a_wildcard_matches_any_action(pattern: str, given: bool):
    assert permits([Permission(actions=(pattern,))], SECRETS) is given


def test_an_action_excluded_by_one_permission_may_be_allowed_by_another():
    taken = Permission(actions=("*",), not_actions=("Microsoft.MachineLearningServices/*",))

    assert not permits([taken], SECRETS)
    assert permits([taken, Permission(actions=(SECRETS,))], SECRETS)


def test_data_actions_are_separate_from_actions():
    blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"

    assert not permits([Permission(actions=("*",))], blobs, data=True)
    assert permits([Permission(data_actions=("*/read",))], blobs, data=True)


@pytest.mark.parametrize(
    ("scope", "given"),
    [
        ("/subscriptions/s/a", True),
        ("/subscriptions/S", True),
        ("/", True),
        ("/providers/Microsoft.Management/managementGroups/all", True),
        ("/subscriptions/s/a/b", False),
        ("/subscriptions/s/ab", False),
    ],
)
def test_an_assignment_counts_at_its_scope_and_below(scope: str, given: bool):
    grant = Grant(Role("r", "1"), "/subscriptions/s/a", "")

    assert covers(RoleAssignment("", scope, "1", "p", ""), grant, "P") is given
