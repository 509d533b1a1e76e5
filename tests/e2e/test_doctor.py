"""The app looks at itself on a running stack."""

import json
import subprocess
import sys
from pathlib import Path

from local import cloud
from local.azure_ml import definitions
from local.stack import Stack
from tests.e2e.client import Client, wait
from tests.e2e.test_rights import ASSIGNMENTS


def test_a_role_that_is_taken_away_is_named_with_the_command_that_gives_it(
    echo: Client, echo_stack: Stack, tmp_path: Path
):
    facts = tmp_path / "stack.json"
    facts.write_text(json.dumps(echo_stack.facts))

    def doctor() -> tuple[int, str]:
        words = (sys.executable, "-m", "cli", "doctor", "--stack", str(facts))
        done = subprocess.run(words, capture_output=True, check=False, timeout=300, text=True)
        return done.returncode, done.stdout

    code, printed = doctor()
    assert (code, printed.splitlines()[-1]) == (0, "nothing is wrong"), printed

    role, scope = definitions.DATA_SCIENTIST, cloud.WORKSPACE_ID
    [held] = [
        it
        for it in echo.assignments(cloud.APP_PRINCIPAL, scope)
        if it["properties"]["roleDefinitionId"].endswith(role.guid)
    ]
    assert echo.arm("DELETE", held["id"], "2022-04-01").status_code == 200
    try:
        code, printed = doctor()
    finally:
        body = {"properties": held["properties"]}
        given = echo.arm("PUT", f"{scope}/{ASSIGNMENTS}/{held['name']}", "2022-04-01", json=body)
        assert given.status_code == 201, given.text
    assert code == 1
    assert f"  failed      {role.name} on {scope}: Sluice may not deploy" in printed
    assert f"--role {role.guid} --scope {scope}" in printed
    assert printed.splitlines()[-1] == "1 failed"
    wait(lambda: doctor()[0] == 0, 300, "the role is not in force again")
