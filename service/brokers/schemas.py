"""Brokerages on the wire."""

from __future__ import annotations

from pydantic import Field

from service.http.types import Id, Moment, Out


class BrokerageOut(Out):
    """A person and a licensed agency that acts for the person, free of charge for the person."""

    id: Id
    version: int
    state: str
    agency_id: Id
    agency_name: str
    person_masked: str
    worker_id: Id | None = Field(description="for the agency only once the person has said yes")
    agreed_at: Moment | None
    agreed_how: str | None
    created_at: Moment
    closed_at: Moment | None


class BrokeragesOut(Out):
    """A page, the newest first."""

    items: list[BrokerageOut]
    next_cursor: str | None
