"""Registering versions in memory."""

from collections.abc import Mapping
from pathlib import Path

from shared.domain.azure.endpoint import CodeSpec
from shared.domain.failure import Conflict
from shared.domain.kinds.model_type import CUSTOM_TYPE, MLFLOW_TYPE
from shared.domain.manifest.environment_reference import RegisteredEnvironment
from shared.domain.release.desired_environment import Described, Routes
from tests.fakes.faults import Breakable, breakable
from tests.fakes.workspace import FakeWorkspace


class FakeAssets(Breakable):
    """Registers into the fake workspace; a version is bound to its content."""

    def __init__(self, workspace: FakeWorkspace) -> None:
        super().__init__()
        self.writes: list[tuple[str, str, str]] = []
        self.described: dict[str, Described | None] = {}
        self.contexts: dict[str, dict[str, str]] = {}
        self._there = workspace.there
        self._contents: dict[tuple[str, str, str], object] = {}

    @breakable
    def register_model(
        self,
        name: str,
        version: str,
        part: Path,
        properties: Mapping[str, str],
        type_: str = CUSTOM_TYPE,
    ) -> str:
        files = _files(part)
        assert files, f"{part} is empty"
        assert all(isinstance(value, str) for value in properties.values())
        self._register("models", name, version, files)
        if type_ == MLFLOW_TYPE:
            self._there.mlflow_models.add((name, version))
        self._there.models.add((name, version))
        return f"{self._there.facts.id}/models/{name}/versions/{version}"

    @breakable
    def register_code(self, name: str, version: str, folder: Path) -> str:
        self._register("codes", name, version, (folder.name, _files(folder)))
        self._there.codes.add((name, version))
        return f"{self._there.facts.id}/codes/{name}/versions/{version}"

    @breakable
    def register_environment(
        self,
        name: str,
        version: str,
        *,
        image: str,
        requirements: str | None,
        build: Path | None = None,
        dockerfile: str | None = None,
        routes: Routes | None = None,
        described: Described | None = None,
        conda: str | None = None,
        runs_code: bool = False,
    ) -> str:
        assert build is None or (build / (dockerfile or "Dockerfile")).is_file()
        served = runs_code and routes is None
        self._register(
            "environments", name, version, (image, requirements, dockerfile, routes, conda)
        )
        self.described[version] = described
        if build is not None:
            self.contexts[version] = {
                path.relative_to(build).as_posix(): path.read_text(encoding="utf-8")
                for path in sorted(build.rglob("*"))
                if path.is_file()
            }
        self._there.environments.add((name, version))
        identifier = f"{self._there.facts.id}/environments/{name}/versions/{version}"
        known = RegisteredEnvironment(
            identifier,
            image or str(dockerfile),
            serves=not served,
            scoring_path=None if served else (routes or Routes()).scoring.path,
        )
        self._there.registered[name, version] = known
        return identifier

    def model_files(self, arm_id: str) -> dict[str, bytes]:
        """Return the files of a registered model, named by its ARM id."""
        name, _, version = arm_id.partition("/models/")[2].partition("/versions/")
        files = self._contents["models", name, version]
        assert isinstance(files, dict)
        return files

    def code_files(self, code: CodeSpec) -> tuple[str, set[str]]:
        """Return the name of the folder of registered code, and its files."""
        name, _, version = code.id.partition("/codes/")[2].partition("/versions/")
        content = self._contents["codes", name, version]
        assert isinstance(content, tuple)
        return content[0], set(content[1])

    def _register(self, kind: str, name: str, version: str, content: object) -> None:
        key = (kind, name, version)
        if self._contents.setdefault(key, content) != content:
            raise Conflict("UserError", f"{name}:{version} holds something else.", status=409)
        self.writes.append((kind, name, version))


def _files(part: Path) -> dict[str, bytes]:
    """The files of a folder by their paths in it, or one file by its name."""
    if part.is_file():
        return {part.name: part.read_bytes()}
    found = (path for path in sorted(part.rglob("*")) if path.is_file())
    return {path.relative_to(part).as_posix(): path.read_bytes() for path in found}
