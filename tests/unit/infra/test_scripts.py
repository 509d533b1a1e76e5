"""The scripts: by shellcheck, and run with an `az` that only records what it is asked."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.unit.infra.bicep import INFRA, read

ROOT = INFRA.parent
SCRIPTS = sorted((INFRA / "scripts").glob("*.sh"))
AZ = """\
#!/bin/sh
echo "$*" >> "$CALLS"
count=$(grep -c "^$1 $2" "$CALLS")
case "$1 $2" in
  "rest --method") [ "$count" -gt "$NO_KEY_TIMES" ] && echo true || echo false ;;
  "deployment group") [ "$count" -gt "$REFUSALS" ] ;;
esac
"""
VARIABLES = {
    "AZURE_SUBSCRIPTION_ID": "s",
    "SLUICE_GROUP": "g",
    "SLUICE_APP": "app",
    "SLUICE_DROPS": "drops",
    "SLUICE_TOPIC": "topic",
    "SLUICE_PAUSE_SECONDS": "0",
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda it: it.name)
def test_a_script_is_clean(script: Path):
    done = subprocess.run(
        ["shellcheck", script], capture_output=True, text=True, check=False, env=_path()
    )
    assert done.stdout == ""
    assert os.access(script, os.X_OK)


def test_azd_runs_a_script_that_exists_after_the_code_is_there():
    azd = yaml.safe_load((ROOT / "azure.yaml").read_text())
    assert (ROOT / azd["hooks"]["postdeploy"]["run"]).exists()
    app = read(INFRA / "modules" / "functionApp.bicep").path.read_text()
    assert f"'azd-service-name': '{next(iter(azd['services']))}'" in app


def test_the_subscription_waits_for_the_key_and_for_the_app(tmp_path: Path):
    done, calls = _subscribe(tmp_path, no_key_times=2, refusals=1)
    assert done.returncode == 0, done.stderr
    assert [it.split()[0] for it in calls] == ["rest"] * 3 + ["deployment"] * 2
    assert "app=app topic=topic drops=drops" in calls[-1]
    template = calls[-1].split("--template-file ")[1].split()[0]
    assert Path(template).resolve() == INFRA / "eventSubscription.bicep"


def test_a_host_that_never_loads_and_a_refused_subscription_are_told(tmp_path: Path):
    done, calls = _subscribe(tmp_path, no_key_times=99, refusals=0)
    assert done.returncode == 1
    assert "has no key blobs_extension" in done.stderr
    assert len(calls) == 60
    done, _ = _subscribe(tmp_path, no_key_times=0, refusals=99)
    assert done.returncode == 1
    assert "could not be made" in done.stderr


def test_the_outputs_that_the_scripts_read_exist():
    outputs = read(INFRA / "main.bicep").outputs
    text = "".join(it.read_text() for it in SCRIPTS)
    for name in {word for word in text.replace("$", " ").split() if word.startswith("SLUICE_")}:
        known = name.strip(");:'\"=/").split("=")[0].split(":")[0].split(")")[0].split("/")[0]
        if known not in {"SLUICE_PAUSE_SECONDS", "SLUICE_FUNCTION_KEY"}:
            assert known in outputs, known


SIGN_IN_AZ = """\
#!/bin/sh
echo "$*" | tr '\\n' ' ' >> "$CALLS"
echo >> "$CALLS"
case "$1 $2 $3" in
  "ad app list") [ "$AGAIN" = 1 ] && echo client-id ;;
  "ad app create") echo client-id ;;
  "ad sp list") [ "$AGAIN" = 1 ] && echo principal-id ;;
  "ad sp create") echo principal-id ;;
  "ad signed-in-user show") echo my-id ;;
  "account show --query") echo tenant-id ;;
  "rest --method get") [ "$AGAIN" = 1 ] && echo assignment ;;
esac
exit 0
"""


@pytest.mark.parametrize("again", [False, True])
def test_the_sign_in_is_turned_on_last_and_may_run_again(tmp_path: Path, again: bool):
    calls = tmp_path / "calls"
    (tmp_path / "az").write_text(SIGN_IN_AZ)
    (tmp_path / "az").chmod(0o755)
    done = subprocess.run(
        [INFRA / "scripts" / "sign-in.sh"],
        env=VARIABLES
        | {
            "SLUICE_FUNCTIONS_URL": "https://app.azurewebsites.net",
            "CALLS": str(calls),
            "AGAIN": str(int(again)),
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = calls.read_text().splitlines()
    bodies = [json.loads(it.split("--body ")[1]) for it in made if "--body " in it]
    roles = {it["value"]: it["id"] for it in bodies[0]["appRoles"]}
    assert set(roles) == {"Sluice.Reader", "Sluice.Operator"}
    assert bodies[0]["identifierUris"] == ["api://client-id"]
    creates = [it for it in made if it.startswith(("ad app create", "ad sp create"))]
    assert len(creates) == (0 if again else 2)
    granted = [it for it in bodies if it.get("principalId") == "my-id"]
    assert [it["appRoleId"] for it in granted] == ([] if again else [roles["Sluice.Operator"]])
    signs_in = bodies[-1]["properties"]
    assert signs_in["globalValidation"] == {"unauthenticatedClientAction": "AllowAnonymous"}
    provider = signs_in["identityProviders"]["azureActiveDirectory"]
    assert provider["registration"]["clientId"] == "client-id"
    assert "tenant-id" in provider["registration"]["openIdIssuer"]
    assert "SIGN_IN_AUDIENCE=api://client-id READERS=role:Sluice.Reader" in made[-1]


def _subscribe(
    folder: Path, *, no_key_times: int, refusals: int
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    calls = folder / "calls"
    calls.write_text("")
    (folder / "az").write_text(AZ)
    (folder / "az").chmod(0o755)
    environment = VARIABLES | {
        "CALLS": str(calls),
        "NO_KEY_TIMES": str(no_key_times),
        "REFUSALS": str(refusals),
    }
    done = subprocess.run(
        [INFRA / "scripts" / "subscribe.sh"],
        env=environment | {"PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, calls.read_text().splitlines()


def _path() -> dict[str, str]:
    return {"PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
