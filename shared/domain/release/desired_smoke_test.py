"""From a flow and its manifest to its smoke test: what nobody said is derived from the flow."""

from typing import Any

from shared.domain.kinds.prompt_flow import Flow, sample_input
from shared.domain.manifest import Expectation, Manifest
from shared.domain.release.smoke_test import ChatTest, Sample, SmokeTest


def make_smoke_test(flow: Flow, manifest: Manifest) -> SmokeTest:
    """The flow's own sample or the manifest's, a chat's second turn, a stream where one is asked.

    Where the manifest has `samples` and says nothing of `input` and `expect`, those samples are
    all, since the derived one may make no sense.
    """
    said = manifest.smoke_test
    base = {**sample_input(flow), **(said.input or {})}
    samples = [
        Sample({**base, **(it.input or {})}, _plain(it.expect), it.name or "")
        for it in said.samples or ()
    ]
    if not samples or said.input is not None or said.expect is not None:
        samples.insert(0, Sample(base, _plain(said.expect)))
    first, *others = samples
    return SmokeTest(
        input=first.input,
        expect=first.expect,
        samples=tuple(others),
        chat=_chat(flow, manifest),
        stream=bool(said.stream),
        name=first.name,
    )


def _chat(flow: Flow, manifest: Manifest) -> ChatTest | None:
    served = manifest.flow.outputs
    if not flow.is_chat or manifest.smoke_test.chat is False:
        return None
    names = str(flow.chat_input), str(flow.chat_history), str(flow.chat_output)
    if served is not None and names[2] not in served:
        return None  # its answer is left out of responses: there is nothing to go on from
    return ChatTest(*names, follow_up=manifest.smoke_test.follow_up)


def _plain(expect: Expectation | None) -> dict[str, Any] | None:
    return None if expect is None else expect.model_dump(exclude_unset=True)
