"""The process put together: servers, proxy, and the control plane behind them."""

import argparse
import contextlib
from collections.abc import Callable

from local.azure_ml import flags as command_line
from local.azure_ml import identity
from local.azure_ml.admin import Admin
from local.azure_ml.asgi import App
from local.azure_ml.blobs import BlobRelay
from local.azure_ml.calls import Calls
from local.azure_ml.certificates import Certificates
from local.azure_ml.faults import Faults
from local.azure_ml.hosts import Hosts, ours
from local.azure_ml.listening import Listener
from local.azure_ml.observed import Observed
from local.azure_ml.plane import Around, ControlPlane
from local.azure_ml.proxy import Proxy
from local.azure_ml.readback import WorkspaceStorage
from local.azure_ml.scored import ScoredEndpoints
from local.azure_ml.store import Store
from local.process import announce, ended
from local.serving.contract import Endpoints, Serving
from local.serving.openai import KEY as OPENAI_KEY
from local.serving.openai import openai_app

type ScoringFront = Callable[[Endpoints, Serving], App]


async def run(flags: argparse.Namespace, serving: Serving, front: ScoringFront) -> None:
    """Serve until told to end. `front` makes the app of the inference hosts."""
    flags.state.mkdir(parents=True, exist_ok=True)
    settings, faults, calls = command_line.settings(flags), Faults(), Calls()
    store = Store(flags.state / "azure_ml.sqlite")
    platform: dict[str, str] = {}
    around = Around(
        store=store,
        settings=settings,
        faults=faults,
        storage=WorkspaceStorage(flags.azurite),
        serving=serving,
        folder=flags.state.resolve() / "deployments",
        platform=platform,
    )
    openai = Listener(openai_app(OPENAI_KEY), flags.openai_port)
    plane = ControlPlane(around, openai.port)
    scored = ScoredEndpoints(store, plane.tokens, plane.access)
    blobs = BlobRelay(flags.azurite, plane.tokens, plane.access)
    hosts = Hosts(plane.arm, blobs, front(scored, serving))
    certificates, proxy = Certificates(flags.state.resolve()), Proxy(ours)
    observed = Observed(hosts, calls, faults, proxy.drop)
    tokens = identity.IdentityEndpoint(store, plane.tokens)
    admin = Admin(faults, calls, settings).app()
    async with contextlib.AsyncExitStack() as stack:
        await _listening(stack, openai)
        tls = await _listening(stack, Listener(observed, 0, certificates.server()))
        identity_port = await _listening(stack, Listener(tokens, flags.identity_port))
        admin_port = await _listening(stack, Listener(admin, flags.admin_port))
        stack.push_async_callback(proxy.close)
        facts = {
            "proxy": f"http://127.0.0.1:{await proxy.start(flags.proxy_port, tls)}",
            "ca_bundle": str(certificates.bundle),
            "identity_endpoint": f"http://127.0.0.1:{identity_port}{identity.PATH}",
        }
        platform |= _platform(facts)
        for part in (blobs, serving, plane):
            stack.push_async_callback(part.close)
        await plane.start()
        announce(**facts, admin_url=f"http://127.0.0.1:{admin_port}")
        await ended(follow_stdin=flags.follow_stdin)


def _platform(facts: dict[str, str]) -> dict[str, str]:
    """What Azure's network and identity are to a container that runs here."""
    return {
        "HTTPS_PROXY": facts["proxy"],
        "NO_PROXY": "127.0.0.1,localhost",
        "REQUESTS_CA_BUNDLE": facts["ca_bundle"],
        "SSL_CERT_FILE": facts["ca_bundle"],
        "IDENTITY_ENDPOINT": facts["identity_endpoint"],
    }


async def _listening(stack: contextlib.AsyncExitStack, listener: Listener) -> int:
    await listener.start()
    stack.push_async_callback(listener.close)
    return listener.port
