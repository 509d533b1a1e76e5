"""The smoke test, from the manifest; missing inputs are derived from the flow."""

from typing import Any

from shared.domain.kinds.content import Content
from shared.domain.kinds.known import kind_named
from shared.domain.manifest import Expectation, Manifest
from shared.domain.release.smoke_test import ChatTest, Sample, SmokeTest


def make_smoke_test(content: Content, manifest: Manifest) -> SmokeTest:
    """Make the smoke test: samples, the second turn of a chat, and a stream if requested.

    If the manifest has `samples` but neither `input` nor `expect`, no sample is derived from the
    flow, since that one may make no sense.
    """
    asked = manifest.smoke_test
    base = {**kind_named(content.kind_name).sample(content), **(asked.input or {})}
    samples = [
        Sample({**base, **(it.input or {})}, _plain(it.expect), it.name or "")
        for it in asked.samples or ()
    ]
    if not samples or asked.input is not None or asked.expect is not None:
        samples.insert(0, Sample(base, _plain(asked.expect)))
    first, *others = samples
    return SmokeTest(
        input=first.input,
        expect=first.expect,
        samples=tuple(others),
        chat=_chat(content, manifest),
        stream=bool(asked.stream),
        name=first.name,
    )


def _chat(content: Content, manifest: Manifest) -> ChatTest | None:
    served = manifest.flow.outputs
    if content.chat is None or manifest.smoke_test.chat is False:
        return None
    names = content.chat
    if served is not None and names.output not in served:
        return None  # responses leave out the answer, which the second turn needs
    return ChatTest(
        names.input, names.history, names.output, follow_up=manifest.smoke_test.follow_up
    )


def _plain(expect: Expectation | None) -> dict[str, Any] | None:
    return None if expect is None else expect.model_dump(exclude_unset=True)
