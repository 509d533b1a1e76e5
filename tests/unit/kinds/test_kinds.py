"""Kinds of package: releases name theirs, and older releases are of prompt flow."""

from dataclasses import replace

import pytest

from shared.domain.kinds.known import KINDS, kind_named
from shared.domain.release.desired_environment import EnvironmentAsk
from shared.domain.release.release import (
    DeploymentAsk,
    EndpointAsk,
    Release,
    from_json,
    to_json,
)
from shared.domain.release.smoke_test import SmokeTest


def test_a_release_of_before_there_were_kinds_is_of_prompt_flow() -> None:
    older = to_json(_release())
    del older["kind"]
    assert from_json(older).kind == "prompt_flow"


def test_the_kind_changes_no_name_of_a_deployment() -> None:
    assert replace(_release(), kind="other").deployment_name == _release().deployment_name


def test_a_kind_of_a_newer_sluice_is_named() -> None:
    with pytest.raises(LookupError, match="knows no kind of package 'newer'"):
        kind_named("newer")


def test_every_kind_is_found_by_its_name() -> None:
    assert KINDS
    assert all(kind_named(name).name == name for name in KINDS)


def _release() -> Release:
    return Release(
        job="1" * 32,
        order="",
        path="team/hello.zip",
        digest="0" * 64,
        endpoint=EndpointAsk("hello"),
        deployment=DeploymentAsk(),
        environment=EnvironmentAsk("mine:1"),
        smoke_test=SmokeTest({}),
    )
