#!/usr/bin/env bash
# Drops the flow, waits for its result, and writes outputs, summary and comment of the step.
# The exit code is that of `sluice drop`: docs/reference/cli.md.
set -euo pipefail

python="$RUNNER_TEMP/sluice/bin/python"
result="$RUNNER_TEMP/sluice-result.json"
comment="$RUNNER_TEMP/sluice-comment.md"

# The key is asked for by the identity that is signed in, so no secret is stored in GitHub.
SLUICE_FUNCTION_KEY=$(az functionapp keys list --resource-group "$GROUP" --name "$APP" \
  --query functionKeys.default --output tsv)
echo "::add-mask::$SLUICE_FUNCTION_KEY"
host=$(az functionapp show --resource-group "$GROUP" --name "$APP" --query defaultHostName --output tsv)
export SLUICE_FUNCTION_KEY SLUICE_FUNCTIONS_URL="https://$host"

arguments=("$FLOW" --json)
if [ -n "$AS" ]; then
  arguments+=(--as "$AS")
fi
code=0
PYTHONPATH="$GITHUB_ACTION_PATH/.." "$python" -m cli drop "${arguments[@]}" >"$result" || code=$?

"$python" "$GITHUB_ACTION_PATH/report.py" "$FLOW" <"$result" >"$comment" 3>>"$GITHUB_OUTPUT"
cat "$comment" >>"$GITHUB_STEP_SUMMARY"
echo "ended=true" >>"$GITHUB_OUTPUT"
exit "$code"
