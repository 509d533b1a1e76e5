"""Uploads that hang or fail, and the number of calls of a registration."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from local import cloud
from local.azure_ml.testing import Facts
from shared.adapters.arm import Arm
from shared.adapters.azure_ml import AzureMlAssets
from shared.adapters.credential import AppCredential
from shared.adapters.datastore import VERSION
from shared.domain.failure import AzureFailure, Denied, Refused, Unavailable
from shared.domain.release.desired_environment import Described
from tests.contract.azure_sides import FLOW, Cloud
from tests.contract.test_arm_adapter import calls
from tests.contract.test_assets_contract import folder


@pytest.fixture
def faults(facts: Facts) -> Iterator[str]:
    yield f"{facts.admin_url}/faults"
    requests.delete(f"{facts.admin_url}/faults", timeout=60)


@pytest.fixture
def settings(facts: Facts) -> Iterator[Callable[..., None]]:
    def change(**wanted: object) -> None:
        place = f"{facts.admin_url}/settings"
        requests.post(place, json=wanted, timeout=60).raise_for_status()

    yield change
    change(storage_access="open", datastore_credentials="Sas")


def many(parent: Path, content: str) -> Path:
    """More files than are uploaded at once."""
    made = folder(parent, "flow", content)
    for number in range(30):
        (made / f"part-{number}.txt").write_text(f"{content} {number}")
    return made


def uploads(facts: Facts) -> list[str]:
    """Return the blobs with attempted writes since the log was cleared."""
    seen = requests.get(f"{facts.admin_url}/calls", timeout=60).json()
    return [it["path"] for it in seen if ".blob." in it["host"] and it["method"] == "PUT"]


def test_an_upload_that_hangs_ends_as_unavailable(
    adapters: Cloud, faults: str, tmp_path: Path
) -> None:
    rule = {"method": "PUT", "host": r"\.blob\.", "delay": 40, "times": 1}
    requests.post(faults, json=rule, timeout=60).raise_for_status()
    credential = AppCredential()
    brief = AzureMlAssets(Arm(credential), credential, cloud.WORKSPACE_ID, seconds=2)
    name = f"hang-{tmp_path.name}"
    # If the upload were waited for, it would succeed.
    with pytest.raises(Unavailable):
        brief.register_model(name, "1", folder(tmp_path, "flow", "hang"), FLOW)
    assert not adapters.workspace.has_model(name, "1")


REFUSALS = [
    (403, "AuthorizationPermissionMismatch", Denied),
    (403, "AuthorizationFailure", Denied),
    (404, "ContainerNotFound", Refused),
    (409, "BlobImmutableDueToPolicy", Refused),
    (412, "LeaseIdMissing", Refused),
]


@pytest.mark.parametrize(("status", "code", "kind"), REFUSALS)
def test_a_refused_upload_ends_at_once_with_azures_code_and_leaves_no_thread(
    facts: Facts,
    adapters: Cloud,
    faults: str,
    tmp_path: Path,
    status: int,
    code: str,
    kind: type[AzureFailure],
) -> None:
    headers = {"x-ms-error-code": code}
    rule = {"method": "PUT", "host": r"\.blob\.", "status": status, "headers": headers}
    requests.post(faults, json={**rule, "nth": 3, "times": -1}, timeout=60).raise_for_status()
    requests.delete(f"{facts.admin_url}/calls", timeout=60)
    before = set(threading.enumerate())

    with pytest.raises(kind) as refused:
        adapters.assets.register_model(f"r-{tmp_path.name}", "1", many(tmp_path, code), FLOW)

    assert (refused.value.code, refused.value.status) == (code, status)
    assert "Uploading " in refused.value.message
    assert cloud.WORKSPACE_CONTAINER in refused.value.message
    assert set(threading.enumerate()) <= before
    assert len(uploads(facts)) < 15, "what had not begun was not begun"
    assert not adapters.workspace.has_model(f"r-{tmp_path.name}", "1")


@pytest.mark.parametrize("rule", [{"status": 503}, {"drop": True}, {"drop": True, "when": "after"}])
def test_a_repeatedly_broken_upload_is_unavailable_and_leaves_no_thread(
    facts: Facts, adapters: Cloud, faults: str, tmp_path: Path, rule: dict[str, object]
) -> None:
    place = {"method": "PUT", "host": r"\.blob\.", "nth": 2, "times": -1}
    requests.post(faults, json={**place, **rule}, timeout=60).raise_for_status()
    requests.delete(f"{facts.admin_url}/calls", timeout=60)
    before = set(threading.enumerate())

    with pytest.raises(Unavailable, match="Uploading "):
        adapters.assets.register_model(f"b-{tmp_path.name}", "1", many(tmp_path, str(rule)), FLOW)

    assert set(threading.enumerate()) <= before
    assert len(uploads(facts)) < 30
    assert not adapters.workspace.has_model(f"b-{tmp_path.name}", "1")


def test_a_connection_that_breaks_once_is_retried(
    adapters: Cloud, faults: str, tmp_path: Path
) -> None:
    rule = {"method": "PUT", "host": r"\.blob\.", "drop": True, "nth": 5}
    requests.post(faults, json=rule, timeout=60).raise_for_status()
    adapters.assets.register_model(f"o-{tmp_path.name}", "1", many(tmp_path, "once"), FLOW)
    assert adapters.workspace.has_model(f"o-{tmp_path.name}", "1")


@pytest.mark.parametrize("kind", ["Sas", "AccountKey", "None"])
def test_an_upload_uses_the_datastores_credential(
    adapters: Cloud, settings: Callable[..., None], tmp_path: Path, kind: str
) -> None:
    settings(datastore_credentials=kind)
    found = adapters.assets.register_model(
        f"d-{tmp_path.name}", "1", folder(tmp_path, "flow", kind), FLOW
    )
    assert found.endswith("/versions/1")


def test_without_the_role_the_datastores_secret_is_used(
    adapters: Cloud, faults: str, tmp_path: Path
) -> None:
    headers = {"x-ms-error-code": "AuthorizationPermissionMismatch"}
    rule = {"method": "PUT", "host": r"\.blob\.", "status": 403, "headers": headers}
    requests.post(faults, json={**rule, "times": 1}, timeout=60).raise_for_status()
    content = tmp_path / "flow"
    content.mkdir()
    (content / "flow.dag.yaml").write_text("nodes: []\n# roleless\n")
    adapters.assets.register_model(f"s-{tmp_path.name}", "1", content, FLOW)
    assert adapters.workspace.has_model(f"s-{tmp_path.name}", "1")


def test_an_account_without_keys_is_written_with_sluices_identity(
    adapters: Cloud, settings: Callable[..., None], tmp_path: Path
) -> None:
    settings(storage_access="no_keys")
    name = f"k-{tmp_path.name}"
    adapters.assets.register_model(name, "1", folder(tmp_path, "flow", "keyless"), FLOW)
    assert adapters.workspace.has_model(name, "1")


def test_an_account_that_refuses_keys_and_sluice_reports_both(
    adapters: Cloud, settings: Callable[..., None], faults: str, tmp_path: Path
) -> None:
    settings(storage_access="no_keys")
    headers = {"x-ms-error-code": "AuthorizationPermissionMismatch"}
    rule = {"method": "PUT", "host": r"\.blob\.", "status": 403, "headers": headers}
    content = tmp_path / "flow"
    content.mkdir()
    (content / "flow.dag.yaml").write_text("nodes: []\n# nobody\n")
    # The one file is refused with the identity, then with the signature.
    requests.post(faults, json={**rule, "times": 1}, timeout=60).raise_for_status()
    with pytest.raises(Denied, match="As Sluice itself") as refused:
        adapters.assets.register_model(f"n-{tmp_path.name}", "1", content, FLOW)
    assert refused.value.code == "KeyBasedAuthenticationNotPermitted"


def test_an_account_behind_a_firewall_is_reported_as_such(
    adapters: Cloud, settings: Callable[..., None], tmp_path: Path
) -> None:
    settings(storage_access="closed")
    with pytest.raises(Denied, match="is not authorized") as refused:
        adapters.assets.register_model(
            f"f-{tmp_path.name}", "1", folder(tmp_path, "flow", "wall"), FLOW
        )
    assert refused.value.code == "AuthorizationFailure"


def test_a_denied_registration_is_denied(adapters: Cloud, faults: str, tmp_path: Path) -> None:
    error = {"code": "AuthorizationFailed", "message": "may not"}
    rule = {"method": "PUT", "path": "/models/denied-", "status": 403, "body": {"error": error}}
    requests.post(faults, json=rule, timeout=60).raise_for_status()
    with pytest.raises(Denied):
        adapters.assets.register_model(
            f"denied-{tmp_path.name}", "1", folder(tmp_path, "flow", "denied"), FLOW
        )


def test_a_registration_takes_few_calls(facts: Facts, adapters: Cloud, tmp_path: Path) -> None:
    content, name = folder(tmp_path, "flow", "counted"), f"counted-{tmp_path.name}"
    model = calls(facts, lambda: adapters.assets.register_model(name, "1", content, FLOW))
    image = calls(
        facts,
        lambda: adapters.assets.register_environment(name, "1", image="i", requirements=None),
    )
    build = calls(
        facts,
        lambda: adapters.assets.register_environment(name, "2", image="i", requirements="a"),
    )
    assert model.split().count("PUT") == 1
    assert image.split().count("PUT") == 1
    assert build.split().count("PUT") == 1
    assert max(len(one.split()) for one in (model, image, build)) <= 3, (model, image, build)


def test_the_same_content_under_two_names_at_once_is_registered_twice(
    adapters: Cloud, tmp_path: Path
) -> None:
    def register(name: str) -> str:
        made = folder(tmp_path / name, "flow", f"twice {tmp_path.name}")
        return adapters.assets.register_model(name, "1", made, FLOW)

    with ThreadPoolExecutor(2) as pool:
        ids = list(pool.map(register, (f"one-{tmp_path.name}", f"two-{tmp_path.name}")))
    assert len(set(ids)) == 2


def test_tags_and_description_of_an_environment_are_shown_by_azure(
    adapters: Cloud, tmp_path: Path
) -> None:
    said = Described("mine", {"team": "a"}, {"p": "x"})
    for number, described in enumerate((said, None)):
        identifier = adapters.assets.register_environment(
            f"env-{tmp_path.name}", str(number), image="i", requirements=None, described=described
        )
        shown = Arm(AppCredential()).call("GET", identifier, VERSION).json()["properties"]
        found = (shown.get("description"), shown.get("tags"), shown.get("properties"))
        assert found == (("mine", {"team": "a"}, {"p": "x"}) if described else (None, {}, {}))
