"""The flags of `python -m local.azure_ml`."""

import argparse
from pathlib import Path

from local import cloud, places
from local.azure_ml.settings import Settings


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the flags; a port of 0 takes a free one."""
    parser = argparse.ArgumentParser(prog="python -m local.azure_ml", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder of the state")
    parser.add_argument("--proxy-port", type=int, default=0)
    parser.add_argument("--identity-port", type=int, default=0)
    parser.add_argument("--admin-port", type=int, default=0)
    parser.add_argument("--azurite", required=True, metavar="HOST:PORT", help="its blob service")
    parser.add_argument("--endpoint-seconds", type=float, default=1.0)
    parser.add_argument("--deployment-seconds", type=float, default=3.0)
    parser.add_argument("--grant-seconds", type=float, default=2.0)
    parser.add_argument("--put-seconds", type=float, default=0.0)
    parser.add_argument("--visible-seconds", type=float, default=0.0, help="for the app")
    parser.add_argument("--quota", type=_quota, action="append", default=[], metavar="FAMILY=CORES")
    parser.add_argument(
        "--datastore-credentials", choices=("Sas", "AccountKey", "None"), default="Sas"
    )
    parser.add_argument(
        "--operation-errors", choices=("head", "none", "text", "code"), default="head"
    )
    parser.add_argument("--serve", choices=("flow", "echo"), default="flow")
    parser.add_argument("--promptflow", type=Path, default=places.PROMPTFLOW, help="venv")
    parser.add_argument("--openai-port", type=int, default=0, help="for the stand-in for OpenAI")
    parser.add_argument("--follow-stdin", action="store_true", help="end when stdin ends")
    return parser.parse_args(arguments)


def settings(flags: argparse.Namespace) -> Settings:
    return Settings(
        endpoint_seconds=flags.endpoint_seconds,
        deployment_seconds=flags.deployment_seconds,
        grant_seconds=flags.grant_seconds,
        put_seconds=flags.put_seconds,
        visible_seconds={cloud.APP_PRINCIPAL: flags.visible_seconds},
        quota=dict(flags.quota),
        datastore_credentials=flags.datastore_credentials,
        operation_errors=flags.operation_errors,
    )


def _quota(text: str) -> tuple[str, int]:
    family, found, cores = text.rpartition("=")
    if not found or not family:
        raise argparse.ArgumentTypeError(f"'{text}' is not FAMILY=CORES")
    return family, int(cores)
