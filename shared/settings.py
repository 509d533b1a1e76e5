"""The app's settings, read once from its environment. docs/reference/settings.md has each."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from shared.domain.access.caller import ACTS, Callers
from shared.domain.access.policy_rule import Policy, parse_policy
from shared.domain.kinds.prompt_flow.server import BASE_IMAGE
from shared.domain.parsing.pydantic_messages import in_plain_words
from shared.domain.planning.cost import PriceTable, parse_prices
from shared.domain.release.release import Limits

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class WrongSettings(Exception):  # noqa: N818 - named as the operator reads it
    """Settings are missing or invalid; the message names each with its reason."""


class Settings(BaseModel):
    """What an operator sets. Field aliases are the names of the app settings."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, defer_build=True)

    storage_connection: str | None = Field(default=None, alias="SluiceStorage")
    storage_account_url: str | None = Field(default=None, alias="SluiceStorage__blobServiceUri")
    storage_queues_url: str | None = Field(default=None, alias="SluiceStorage__queueServiceUri")
    bus_connection: str | None = Field(default=None, alias="SluiceServiceBus")
    bus_namespace: str | None = Field(
        default=None, alias="SluiceServiceBus__fullyQualifiedNamespace"
    )
    flows_container: str = Field(default="flows", alias="FLOWS_CONTAINER")
    ledger_container: str = Field(default="ledger", alias="LEDGER_CONTAINER")
    requests_queue: str = Field(default="deploy-requests", alias="REQUESTS_QUEUE")
    results_queue: str = Field(default="deploy-results", alias="RESULTS_QUEUE")
    changes_queue: str = Field(default="flow-changes", alias="CHANGES_QUEUE")
    subscription_id: str = Field(alias="AZURE_SUBSCRIPTION_ID")
    resource_group: str = Field(alias="AZURE_RESOURCE_GROUP")
    workspace: str = Field(alias="AZURE_ML_WORKSPACE")
    policy: str = Field(default="", alias="SLUICE_POLICY")
    function_key_allows: str = Field(
        default="look,deploy,upload,delete", alias="FUNCTION_KEY_ALLOWS"
    )
    readers: str = Field(default="*", alias="READERS")
    operators: str = Field(default="*", alias="OPERATORS")
    sign_in_audience: str = Field(default="", alias="SIGN_IN_AUDIENCE")
    flow_base_image: str = Field(default=BASE_IMAGE, alias="FLOW_BASE_IMAGE")
    datastore_reader_role: str = Field(default="", alias="DATASTORE_READER_ROLE")
    quiet_period_seconds: float = Field(default=5.0, ge=0, alias="QUIET_PERIOD_SECONDS")
    propagation_minutes: float = Field(default=20.0, ge=0, alias="PROPAGATION_MINUTES")
    grant_limit_minutes: float = Field(default=240.0, ge=0, alias="GRANT_LIMIT_MINUTES")
    operation_limit_minutes: float = Field(default=60.0, ge=0, alias="OPERATION_LIMIT_MINUTES")
    drift_minutes: float = Field(default=15.0, ge=0, alias="DRIFT_MINUTES")
    retention_days: float = Field(default=0.0, ge=0, alias="RETENTION_DAYS")

    metrics_lag_minutes: float = Field(default=5.0, ge=0, alias="METRICS_LAG_MINUTES")
    rollout_hold_minutes: float = Field(default=30.0, ge=0, alias="ROLLOUT_HOLD_MINUTES")
    webhook_url: str = Field(default="", alias="WEBHOOK_URL")
    webhook_secret: str = Field(default="", alias="WEBHOOK_SECRET", repr=False)
    prices: str = Field(default="", alias="PRICES")

    @field_validator("webhook_url")
    @classmethod
    def _safe(cls, url: str) -> str:
        """Require https: results may hold what outsiders should not read."""
        place = urlsplit(url)
        loopback = place.scheme == "http" and place.hostname in _LOOPBACK
        if url and not (loopback or place.scheme == "https"):
            raise ValueError("the URL must begin with https://, except on loopback")
        return url

    @field_validator("policy")
    @classmethod
    def _readable(cls, policy: str) -> str:
        parse_policy(policy)
        return policy

    @field_validator("prices")
    @classmethod
    def _price_table(cls, given: str) -> str:
        """Return the table's JSON; anything but a JSON mapping is the path of a file with it."""
        text = given if given.lstrip()[:1] in {"{", ""} else _read_file(given)
        parse_prices(text)
        return text

    @field_validator("function_key_allows")
    @classmethod
    def _known_acts(cls, text: str) -> str:
        unknown = _words(text) - ACTS - {"nothing"}
        if unknown:
            raise ValueError(
                f"'{min(unknown)}' is not one of look, deploy, upload, delete, nothing"
            )
        return text

    @property
    def callers(self) -> Callers:
        return Callers(
            key=frozenset(it for it in ACTS if it in _words(self.function_key_allows)),
            readers=tuple(sorted(_words(self.readers))),
            operators=tuple(sorted(_words(self.operators))),
            audience=self.sign_in_audience,
        )

    @property
    def rules(self) -> Policy:
        return parse_policy(self.policy)

    @property
    def price_table(self) -> PriceTable | None:
        return parse_prices(self.prices)

    @property
    def limits(self) -> Limits:
        return Limits(
            propagation=self.propagation_minutes * 60,
            grant=self.grant_limit_minutes * 60,
            operation=self.operation_limit_minutes * 60,
            metrics_lag=self.metrics_lag_minutes * 60,
            hold=self.rollout_hold_minutes * 60,
        )

    @property
    def workspace_id(self) -> str:
        return (
            f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{self.workspace}"
        )


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises WrongSettings naming every one that is missing or invalid."""
    try:
        return _validated(environment)
    except ValidationError as error:
        raise WrongSettings("; ".join(_reasons(error).values())) from error


def wrong_settings(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return what is wrong with each setting that is missing or invalid, by its name."""
    try:
        _validated(environment)
    except ValidationError as error:
        return _reasons(error)
    return {}


def _validated(environment: Mapping[str, str]) -> Settings:
    names = {field.alias for field in Settings.model_fields.values()}
    return Settings.model_validate(
        {key: value for key, value in environment.items() if key in names and value}
    )


def _reasons(error: ValidationError) -> dict[str, str]:
    found = error.errors(include_url=False)
    return {str(it["loc"][0]): in_plain_words(str(it["loc"][0]), it) for it in found}


def _read_file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ValueError(f"the file '{path}' cannot be read: {error}") from error


def _words(text: str) -> frozenset[str]:
    return frozenset(it.strip().lower() for it in text.split(",") if it.strip())
