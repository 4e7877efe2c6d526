"""Shapes of the inbox and of replies."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from service.http.types import Day, Facts, In, Moment, Out, Phone, paragraph

GatewayNumber = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$")]


class MessageOut(Out):
    """One message in the reader's language; `asks` names the question that waits for an answer."""

    id: UUID
    template: str
    text: str
    params: Facts
    subject_kind: str | None
    subject_id: UUID | None
    asks: str | None
    urgent: bool
    created_at: Moment
    read_at: Moment | None
    answered_at: Moment | None
    sent_by: list[str] = Field(description="the channels beside this inbox that have taken it, the first one first")


class MessagePageOut(Out):
    """Messages, newest first."""

    items: list[MessageOut]
    next_cursor: str | None


class UnreadOut(Out):
    """How many messages are unread."""

    unread: int


class DeliveryOut(Out):
    """One attempt: sending (not yet known), sent, failed, refused (for good), no_address, quiet_hours (moved to the
    morning) or over_budget (the day's texts are spent; it takes another way or stays in the inbox).
    """

    channel: str
    attempt: int
    result: str
    at: Moment


class DeliveriesOut(Out):
    """Every attempt for one message, oldest first."""

    items: list[DeliveryOut]


class DeliveryFigureOut(Out):
    """How many attempts of a day by one channel came to one result."""

    day: Day
    channel: str
    result: str
    count: int


class DeliveryFiguresOut(Out):
    """By day, channel and result; what came to nothing is left out."""

    items: list[DeliveryFigureOut]


class SmsBudgetOut(Out):
    """One scope's day. `alarm`: most is used; `spent`: only codes and urgent messages leave, the rest is `held`."""

    scope: str = Field(description="`service`, or the code of a city")
    sent: int
    held: int
    budget: int
    alarm: bool
    spent: bool


class SmsBudgetsOut(Out):
    """What needs attention first."""

    items: list[SmsBudgetOut]


class ReplyIn(In):
    """A short message that came back: the gateway's own number of it, from which phone, and its words."""

    gateway_id: GatewayNumber
    from_phone: Phone = Field(alias="from")
    text: paragraph(500)  # type: ignore[valid-type]


class ReplyOut(Out):
    """What the reply was taken for (the answered question) and what came of it, as a code."""

    id: UUID
    gateway_id: str
    taken_for: str | None
    outcome: str
