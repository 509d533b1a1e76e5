"""Azure ML and ARM on this machine, under their real host names.

    python -m local.azure_ml --state DIR --azurite 127.0.0.1:PORT [flags, see --help]

Azurite must already run with the accounts of `local.azure_ml.blobs.ACCOUNTS`. When ready, it prints
one line of JSON: `proxy` (for HTTPS_PROXY), `ca_bundle` (for REQUESTS_CA_BUNDLE),
`identity_endpoint` (for IDENTITY_ENDPOINT; IDENTITY_HEADER selects the identity, see `local.cloud`)
and `admin_url` (faults, calls, settings: see `local.azure_ml.admin`). Any Azure SDK that has these
four environment variables talks to this process. The stand-in for OpenAI runs in it too, and the
connection `open_ai_connection` points to it. All state is kept in DIR.
"""

import asyncio
import logging
import sys

from local.azure_ml import flags
from local.azure_ml.running import run
from local.azure_ml.serving_modes import serving
from local.serving.scoring import scoring_app

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    given = flags.parse()
    runs = serving(given.serve, given.promptflow, given.state.resolve() / "serving")
    asyncio.run(run(given, runs, scoring_app))
