"""Which events the lines of the log are, and which subscription they reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID, uuid5

from service.postings.lifecycle import PUBLIC as SHOWN_POSTING
from service.reference.rules import lies_within
from service.supplies.lifecycle import PUBLIC as SHOWN_SUPPLY

EVENTS = UUID("5b0f6f0e-6a59-5f0c-9e0a-3d2f0b8f4c11")  # name space of event ids
PING = "ping"
_POSTING, _SUPPLY = "/v1/postings/{id}", "/v1/supplies/{id}"
_APPLICATION, _ENGAGEMENT = "/v1/applications/{id}", "/v1/engagements/{id}"

# Where more is to be read about each kind of event.
PATHS: Mapping[str, str] = {
    "posting.published": _POSTING,
    "posting.changed": _POSTING,
    "posting.filled": _POSTING,
    "posting.reopened": _POSTING,
    "posting.removed": _POSTING,
    "posting.hired": _POSTING,
    "supply.published": _SUPPLY,
    "supply.changed": _SUPPLY,
    "supply.removed": _SUPPLY,
    "application.received": _APPLICATION,
    "application.changed": _APPLICATION,
    "engagement.confirmed": _ENGAGEMENT,
    "engagement.started": _ENGAGEMENT,
    "engagement.completed": _ENGAGEMENT,
    "engagement.ended": _ENGAGEMENT,
    PING: "/v1/webhooks/{id}",
}
KINDS = tuple(kind for kind in PATHS if kind != PING)
PUBLIC_KINDS = frozenset(kind for kind in KINDS if kind.startswith(("posting.", "supply.")) and kind != "posting.hired")
EMPLOYER_KINDS = tuple(kind for kind in KINDS if not kind.startswith("supply."))
PARTNER_KINDS = tuple(kind for kind in KINDS if kind.startswith(("posting.", "supply.")))
ADMIN_KINDS = tuple(kind for kind in KINDS if kind in PUBLIC_KINDS)
# What a seat's new state is told as; confirming is told apart, for it is a result of the posting too.
_SEAT = {"on_duty": "started", "completed": "completed"} | dict.fromkeys(
    ("cancelled", "no_show", "ended_early"), "ended"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log with what it is about as it stands now.

    `posting_id` is the posting that a shift, application or engagement belongs to; `shown` whether the thing
    (of a shift: its posting) is in public now; `places` its GB/T 2260 codes, the narrowest known; `supplier` the
    key that brought the posting.
    """

    id: UUID
    txid: int
    noun: str
    entity_id: UUID
    version: int
    action: str
    from_state: str | None
    to_state: str | None
    at: datetime
    by_key: UUID | None = None
    posting_id: UUID | None = None
    employer_id: UUID | None = None
    supplier: UUID | None = None
    private: bool = False
    shown: bool = False
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """One event: `subject_id` is the public id; `cause` why it was removed or how it ended (a state)."""

    event_id: UUID
    kind: str
    subject_id: UUID
    at: datetime
    cause: str | None
    line: Line


@dataclass(frozen=True, slots=True)
class Reach:
    """What of a subscription decides which events it gets; `region` None: everywhere."""

    id: UUID
    owner_kind: str  # employer, key or admin
    employer_id: UUID | None
    key_id: UUID | None
    region: str | None
    kinds: frozenset[str]


def kinds_for(owner_kind: str, employer_id: UUID | None) -> tuple[str, ...]:
    """The kinds that an owner may subscribe to: an employer (or a key of one) to its own, others to the public's."""
    if employer_id is not None:
        return EMPLOYER_KINDS
    return ADMIN_KINDS if owner_kind == "admin" else PARTNER_KINDS


def news_of(lines: Iterable[Line]) -> list[News]:
    """The events of whole transactions. What one transaction does to a listing is one event: out and in again
    (a change that an officer need not see) is a change."""
    made: list[News] = []
    for _, group in groupby(sorted(lines, key=_order), key=lambda line: line.txid):
        listed: dict[UUID, list[Line]] = {}
        for line in group:
            if line.noun in ("posting", "supply"):
                listed.setdefault(line.entity_id, []).append(line)
            elif line.noun == "shift" and line.posting_id is not None:
                listed.setdefault(line.posting_id, []).append(line)
            else:
                made += _of_one(line)
        for subject_id, own in listed.items():
            made += _of_listing(subject_id, own)
    return made


def reaches(reach: Reach, news: News) -> bool:
    """Whether an event is for a subscription. A key hears nothing of what it did itself."""
    line = news.line
    if news.kind not in reach.kinds or (reach.key_id is not None and line.by_key == reach.key_id):
        return False
    if reach.employer_id is not None:
        return line.employer_id == reach.employer_id
    if news.kind not in PUBLIC_KINDS:  # results: of what the partner has brought
        return line.supplier is not None and line.supplier == reach.key_id
    return reach.region is None or any(lies_within(place, (reach.region,)) for place in line.places)


def _order(line: Line) -> tuple[int, str, UUID, int]:
    return line.txid, line.noun, line.entity_id, line.version


def _of_listing(subject_id: UUID, lines: Sequence[Line]) -> Iterator[News]:
    """What a transaction did to a posting (its shifts included) or supply posting, if the public can see it."""
    if any(line.private for line in lines):
        return
    own = [line for line in lines if line.noun != "shift"]
    if not own:
        called_off = [line for line in lines if line.shown and line.from_state is not None]
        if called_off:
            yield _news(called_off[-1], "posting.changed", subject_id)
        return
    last = own[-1]
    was, now = own[0].from_state, last.to_state
    shown = SHOWN_POSTING if last.noun == "posting" else SHOWN_SUPPLY
    if was in shown and now in shown:
        turned = {("published", "filled"): "filled", ("filled", "published"): "reopened"}.get((was or "", now or ""))
        yield _news(last, f"{last.noun}.{turned or 'changed'}", subject_id)
    elif now in shown:
        yield _news(last, f"{last.noun}.published", subject_id)
    elif was in shown:
        yield _news(last, f"{last.noun}.removed", subject_id, cause=now)


def _of_one(line: Line) -> Iterator[News]:
    """What a line about an application or an engagement says."""
    if line.from_state == line.to_state:
        return
    if line.noun == "application":
        yield _news(line, "application.received" if line.from_state is None else "application.changed", line.entity_id)
        return
    if line.to_state == "confirmed" and line.from_state in (None, "held"):
        yield _news(line, "engagement.confirmed", line.entity_id)
        if line.posting_id is not None and not line.private:
            yield _news(line, "posting.hired", line.posting_id)
    elif line.to_state in _SEAT:
        kind = _SEAT[line.to_state]
        yield _news(line, f"engagement.{kind}", line.entity_id, cause=line.to_state if kind == "ended" else None)


def _news(line: Line, kind: str, subject_id: UUID, cause: str | None = None) -> News:
    return News(uuid5(EVENTS, f"{line.id}:{kind}"), kind, subject_id, _told(line), cause, line)


def _told(line: Line) -> datetime:
    """When; of people to the minute, as in the feed: rows of one transaction have one instant."""
    return line.at.replace(second=0, microsecond=0) if line.noun == "supply" else line.at
