"""The emulator's own interface: faults, the log of calls, settings."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.azure_ml.calls import Calls
from local.azure_ml.faults import Faults, Rule
from local.azure_ml.settings import Settings

_SETTINGS = TypeAdapter(Settings)


class Admin:
    """GET, POST, DELETE /faults; GET, DELETE /calls; GET, POST /settings. Plain HTTP, JSON.

    `more` are further routes, of parts with their own setup.
    """

    def __init__(
        self, faults: Faults, calls: Calls, settings: Settings, more: Sequence[Route] = ()
    ) -> None:
        self._more = more
        self._faults = faults
        self._calls = calls
        self._settings = settings

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/faults", self._list_faults, methods=["GET"]),
                Route("/faults", self._add_fault, methods=["POST"]),
                Route("/faults", self._clear_faults, methods=["DELETE"]),
                Route("/faults/{id:int}", self._clear_faults, methods=["DELETE"]),
                Route("/calls", self._list_calls, methods=["GET"]),
                Route("/calls", self._clear_calls, methods=["DELETE"]),
                Route("/settings", self._show_settings, methods=["GET"]),
                Route("/settings", self._change_settings, methods=["POST"]),
                *self._more,
            ]
        )

    async def _list_faults(self, _: Request) -> Response:
        return JSONResponse([rule.model_dump() for rule in self._faults.rules])

    async def _add_fault(self, request: Request) -> Response:
        try:
            rule = self._faults.add(Rule.model_validate(await request.json()))
        except ValueError as error:
            return _bad_request(error)
        return JSONResponse(rule.model_dump(), 201)

    async def _clear_faults(self, request: Request) -> Response:
        self._faults.clear(request.path_params.get("id"))
        return Response(status_code=204)

    async def _list_calls(self, _: Request) -> Response:
        return JSONResponse(self._calls.entries())

    async def _clear_calls(self, _: Request) -> Response:
        self._calls.clear()
        return Response(status_code=204)

    async def _show_settings(self, _: Request) -> Response:
        return JSONResponse(asdict(self._settings))

    async def _change_settings(self, request: Request) -> Response:
        """Change the settings in the body; the rest stays. Quotas are merged by family."""
        try:
            wanted: Any = await request.json()
            quota = {**self._settings.quota, **wanted.get("quota", {})}
            changed = _SETTINGS.validate_python(asdict(replace(self._settings, **wanted)))
        except (ValidationError, ValueError, TypeError, AttributeError) as error:
            return _bad_request(error)
        for name, value in asdict(replace(changed, quota=quota)).items():
            setattr(self._settings, name, value)
        return JSONResponse(asdict(self._settings))


def _bad_request(error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)
