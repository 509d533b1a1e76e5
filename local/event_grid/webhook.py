"""The webhook of an event subscription: its validation, and the delivery of one event."""

import uuid
from typing import Any

import httpx

from local import cloud
from local.event_grid.account import SUBSCRIPTION
from local.event_grid.outbox import Event

_ANSWER_SECONDS = 30.0
"""Event Grid waits so long for an answer ('Event Grid message delivery and retry')."""


class NotValidatedError(Exception):
    """The webhook did not answer the validation as Event Grid wants it."""


class Webhook:
    """One URL that takes events, with its key as the query `code`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = httpx.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False)

    async def validate(self) -> None:
        """Ask the webhook to confirm the subscription.

        Raises:
            NotValidatedError: it does not answer, or without the code.
        """
        code = str(uuid.uuid4())
        event = {
            "id": str(uuid.uuid4()),
            "topic": cloud.DROP_ACCOUNT_ID,
            "subject": "",
            "data": {"validationCode": code, "validationUrl": ""},
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "metadataVersion": "1",
            "dataVersion": "1",
        }
        try:
            answer = await self._post(event, "SubscriptionValidation", 0)
        except httpx.HTTPError as error:
            raise NotValidatedError(f"the webhook does not answer: {error}") from error
        if answer.status_code != 200 or _answered(answer) != code:
            raise NotValidatedError(
                f"the webhook answers {answer.status_code} without the validation code"
            )

    async def deliver(self, event: Event, attempts: int) -> int:
        """Deliver one event; return the status of the answer, 0 if there is none."""
        try:
            return (await self._post(event, "Notification", attempts)).status_code
        except httpx.HTTPError:
            return 0

    async def _post(self, event: Event, kind: str, attempts: int) -> httpx.Response:
        headers = {
            "aeg-event-type": kind,
            "aeg-subscription-name": SUBSCRIPTION.upper(),
            "aeg-delivery-count": str(attempts),
            "aeg-data-version": str(event["dataVersion"]),
            "aeg-metadata-version": "1",
        }
        return await self._client.post(self._url, json=[event], headers=headers)


def _answered(answer: httpx.Response) -> Any:
    try:
        return answer.json()["validationResponse"]
    except (ValueError, KeyError, TypeError):
        return None
