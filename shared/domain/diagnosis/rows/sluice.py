"""Failures that Sluice itself finds: time limits, silence, a changed endpoint."""

from shared.domain.diagnosis.row import GRANTS, Row, Signal

STATUS_PAGE = "https://status.azure.com"

ROWS = (
    Row(
        "A grant did not come in time",
        Signal("GrantLimit", "An administrator must run: az role assignment create ..."),
        "A role that the endpoint's identity needs was not granted in time",
        "Have an administrator run the command below, then redeploy",
        code="GrantLimit",
        page=GRANTS,
    ),
    Row(
        "Nobody approved it in time",
        Signal("ApprovalLimit", "A person must approve it: sluice approve 3f2a9c0d41e7b6a85d20"),
        "Nobody approved or rejected it in time",
        "Drop it again and have it approved, or have the operator raise GRANT_LIMIT_MINUTES",
        code="ApprovalLimit",
    ),
    Row(
        "A hold did not end in time",
        Signal("HoldLimit", "Endpoint hello is held since 2026-01-01T00:00:00Z"),
        "The endpoint was held for 30 days after this was dropped",
        "Resume it (sluice resume NAME, POST /api/endpoints/NAME/resume), then drop the flow again",
        code="HoldLimit",
    ),
    Row(
        "An operation did not end in time",
        Signal("TimeLimit", "Azure ML builds the image and starts the container"),
        "It took longer than the limit",
        "Look at the endpoint in studio; then redeploy, or raise the limit",
        code="TimeLimit",
    ),
    Row(
        "Not as it was asked for",
        Signal("NotAsAsked", "the traffic is {}"),
        "After the change of traffic the endpoint is not as requested",
        "Somebody else may have changed the endpoint meanwhile: redeploy",
        code="NotAsAsked",
    ),
    Row(
        "A sample that is not JSON",
        Signal("NotJson", "The request cannot be written as JSON: Out of range float values"),
        "The sample has a value that JSON does not have (NaN or Infinity), so it was not sent",
        "Give the input another default, or name a sample in smoke_test, and drop it again",
        code="NotJson",
    ),
    Row(
        "The app ended three times",
        Signal("AppEnded", "It ended during 'Read and validate what was asked'"),
        "The app ended three times during the same step of this job, the last time after it had "
        "run for a while without it, so the step is not tried again",
        "Look in the app's log for why it ended: if something else restarted it at these times, "
        "retry the job. If not, make the package smaller or simpler, or have the operator give the "
        "app more memory; then drop it again",
        code="AppEnded",
    ),
    Row(
        "A rollout's gate failed",
        Signal("GateFailed", "errors of the traffic: 40 of 90 requests (44.4%), the old 1 of 800"),
        "The new deployment is worse than a gate of the rollout allows",
        "Look at the figures in the message, and at the new deployment, which is kept without "
        "traffic; mend the flow and drop it again, or correct a limit under rollout.gates. The "
        "same content is rejected from now on; to try it again all the same, set force: true in "
        "the request (sluice drop --force)",
        code="GateFailed",
    ),
    Row(
        "The contract is broken",
        Signal(
            "ContractFailed",
            "outputs: the output 'answer' is gone; there are reply, words",
        ),
        "Callers of the deployment that serves could not use the new one as they do now, so no "
        "traffic was moved",
        "Give the inputs and outputs that are named in the message back their names and types; the "
        "new deployment is kept without traffic. If callers are ready for the change, set "
        "comparison.contract: false. The same content is rejected from now on; to try it again all "
        "the same, set force: true in the request (sluice drop --force)",
        code="ContractFailed",
    ),
    Row(
        "The answers are not as before",
        Signal(
            "ParityFailed",
            '4 of 5 samples answered as before. Sample 3, $.answer: "4" became "five"',
        ),
        "The new deployment answers samples in another way than the one that serves, so no traffic "
        "was moved",
        "Look at the differences in the job's verdicts, and at the new deployment, which is kept "
        "without traffic; mend it, or allow such differences under comparison (tolerance, "
        "similar_percent, ignore, equal_percent). The same content is rejected from now on; to try "
        "it again all the same, set force: true in the request (sluice drop --force)",
        code="ParityFailed",
    ),
    Row(
        "Nothing could be compared",
        Signal("NothingCompared", "the old deployment refuses each sample"),
        "The deployment that serves refuses each sample, so it is not known whether callers could "
        "use the new one, and no traffic was moved",
        "Put requests that callers send into the smoke test, or into a file of the package "
        "(comparison.samples); or, if they are to change with this version, set contract and "
        "parity to false under comparison. The new deployment is kept without traffic",
        code="NothingCompared",
    ),
    Row(
        "A rollout got no verdict",
        Signal("NoVerdict", "Azure shows no requests of the new deployment"),
        "A stage of the rollout got no verdict in time, so the traffic went back",
        "Look in the message for what was missing: the right to read metrics (Monitoring Reader), "
        "metrics that Azure did not show, or traffic (rollout.samples_per_minute). Then redeploy, "
        "with a longer bake or ROLLOUT_HOLD_MINUTES; the new deployment is kept without traffic "
        "until then",
        code="NoVerdict",
    ),
    Row(
        "A person aborted the rollout",
        Signal("Aborted", "Aborted by ann@example.org (it answers nonsense)"),
        "A person sent the new deployment back during its rollout",
        "Ask who aborted it, named in the message; look at the new deployment, which is kept "
        "without traffic; then mend the flow and drop it again",
        code="Aborted",
    ),
    Row(
        "Azure is silent",
        Signal("Unreachable", "ServiceUnavailable"),
        "Azure did not answer in time, again and again",
        "Wait for Azure to recover (status.azure.com), then redeploy",
        code="Unreachable|TooManyRequests|ServiceUnavailable|Timeout.*|GatewayTimeout",
        page=STATUS_PAGE,
    ),
)
