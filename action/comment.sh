#!/usr/bin/env bash
# Puts the report of the drop on the pull request: one comment a flow, which each push renews.
set -euo pipefail

report="$RUNNER_TEMP/sluice-comment.md"
issue=${PULL_REQUEST:-}
if [ -z "$issue" ]; then # a push: the pull request that the commit came from, if there is one
  issue=$(gh api "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls" --jq '.[0].number // empty')
fi
if [ -z "$issue" ]; then
  echo "no pull request has this commit"
  exit 0
fi

MARK=$(head -n 1 "$report")
export MARK
old=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$issue/comments" \
  --jq '.[] | select(.body | startswith(env.MARK)) | .id' | tail -n 1)
if [ -n "$old" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$old" -F "body=@$report"
else
  gh api --silent --method POST "repos/$GITHUB_REPOSITORY/issues/$issue/comments" -F "body=@$report"
fi
