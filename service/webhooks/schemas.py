"""Webhooks on the wire."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from pydantic.json_schema import WithJsonSchema

from service.http.types import In, Instant, Moment, Out, RegionCode, line
from service.webhooks.rules.addresses import LONGEST

Kind = Literal[
    "posting.published", "posting.changed", "posting.filled", "posting.reopened", "posting.removed", "posting.hired",
    "supply.published", "supply.changed", "supply.removed", "application.received", "application.changed",
    "engagement.confirmed", "engagement.started", "engagement.completed", "engagement.ended",
]  # fmt: skip
DeliveryState = Literal["pending", "sending", "delivered", "failed", "dead"]
Address = Annotated[
    str,
    Field(max_length=LONGEST),
    WithJsonSchema({"type": "string", "maxLength": LONGEST, "examples": ["https://hooks.example.com/linggong"]}),
]
Kinds = Annotated[list[Kind], Field(min_length=1, max_length=40)]


class WebhookIn(In):
    """A receiver at a public https address (port 443 or 8443) and what it wants to hear."""

    address: Address
    kinds: Kinds
    region: RegionCode | None = Field(
        default=None, description="only what is in a province, city or district; not for employers, who hear their own"
    )
    label: line(60) | None = None  # type: ignore[valid-type]


class WebhookPatch(In):
    """Only fields that are sent change."""

    address: Address | None = None
    kinds: Kinds | None = None
    region: RegionCode | None = None
    label: line(60) | None = None  # type: ignore[valid-type]


class ReplayIn(In):
    """A stretch of time, at most as long ago as deliveries are kept."""

    since: Instant
    until: Instant | None = Field(default=None, description="not included; now where none is given")


class WebhookOut(Out):
    """A subscription. `failures` in a row; `rest_until`: it is left alone until then."""

    id: UUID
    version: int
    state: str
    possible: list[str]
    owner_kind: Literal["employer", "key", "admin"]
    employer_id: UUID | None
    key_id: UUID | None
    region: str | None
    kinds: list[str]
    address: str
    label: str | None
    overlap_until: Moment | None = Field(description="until when the former secret signs too")
    disabled_for: str | None = Field(description="gone (410), failing, or owner_barred")
    failures: int
    failing_since: Moment | None
    rest_until: Moment | None
    created_at: Moment


class WebhookMadeOut(WebhookOut):
    """With its secret, which is shown this once: `whsec_` and base64."""

    secret: str


class WebhooksOut(Out):
    """In the order of their making."""

    items: list[WebhookOut]
    next_cursor: str | None


class WebhookAttemptOut(Out):
    """One attempt: the receiver's status, or the code of why there is none."""

    attempt: int
    at: Moment
    status: int | None
    error: str | None
    duration_ms: int


class WebhookDeliveryOut(Out):
    """One event on its way. What the receiver answered is never kept."""

    id: UUID
    message_id: str = Field(description="webhook-id, the same for every attempt")
    kind: str
    subject_id: UUID
    cause: str | None
    occurred_at: Moment
    state: DeliveryState
    due_at: Moment | None
    attempts: list[WebhookAttemptOut]


class WebhookDeliveriesOut(Out):
    """The newest events first."""

    items: list[WebhookDeliveryOut]
    next_cursor: str | None


class ReplayedOut(Out):
    """How many deliveries are sent once more."""

    count: int
