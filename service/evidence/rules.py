"""How a chain grows and a pack is headed, on plain values; checked again by `service.verifying.packs`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from service.errors import Missing, Refused
from service.proof import Fact, LentSide, Side
from service.verifying.canonical import commitment
from service.verifying.packs import FORMAT, LENT_FORMAT, first_link, hash_of, marks_of
from service.worktime import rfc3339

QR = "linggong-evidence:1"
AnySide = TypeVar("AnySide", bound=str)


def side_of(
    *, role: str, own_worker: bool, own_employer: bool, serves: bool, asked: Side | None, reason: str | None
) -> Side:
    """Whose pack of a seat the caller gets. Raises as `the_side`."""
    own: Side | None = None
    if (role == "worker" and own_worker) or (role == "member" and own_employer):
        own = "worker" if role == "worker" else "employer"
    return the_side(role=role, own=own, serves=serves, asked=asked, reason=reason, usual="worker")


def lent_side_of(
    *, role: str, own: LentSide | None, serves: bool, asked: LentSide | None, reason: str | None
) -> LentSide:
    """The same of somebody who is lent: `own` is the caller's side, if any. Raises as `the_side`."""
    return the_side(role=role, own=own, serves=serves, asked=asked, reason=reason, usual="worker")


def the_side(*, role: str, own: AnySide | None, serves: bool, asked: AnySide | None, reason: str | None, usual: AnySide
             ) -> AnySide:  # fmt: skip
    """A side gets its own pack, staff the one asked for (else the `usual` one) with a reason. Raises Missing, Refused
    evidence_reason_needed."""
    if own is not None and role in ("worker", "member"):
        if asked not in (None, own):
            raise Missing
        return own
    if role not in ("officer", "admin") or not serves:
        raise Missing
    if reason is None:
        raise Refused("evidence_reason_needed", field="query:reason")
    return asked or usual


def in_order(facts: Iterable[Fact], known: Iterable[str]) -> list[Fact]:
    """What is not in the chain yet, by time; what was told late stands behind what is there already."""
    have = set(known)
    return sorted((fact for fact in facts if fact.source not in have), key=lambda fact: (fact.at, fact.source))


def entry_of(fact: Fact, seq: int, before: str, salts: Mapping[str, str]) -> dict[str, Any]:
    """The entry of a fact behind the hash `before`; personal values as commitments under their salts."""
    hidden = {name: {"commitment": commitment(salts[name], each.value)} for name, each in fact.personal.items()}
    entry: dict[str, Any] = {
        "seq": seq,
        "at": rfc3339(fact.at),
        "side": fact.side,
        "what": fact.what,
        "facts": {name: value for name, value in fact.facts.items() if value is not None} | hidden,
        "prev": before,
    }
    entry["marks"] = marks_of(entry)
    return entry | {"hash": hash_of(entry)}


def header_of(
    seat: Any,
    side: Side,
    entries: list[dict[str, Any]],
    *,
    pack_id: Any,
    at: datetime,
    key_id: str,
    service: str,
    terms_hash: str | None,
) -> dict[str, Any]:
    """What is signed: whose pack, of what, until where, when, by which key."""
    about: dict[str, Any] = {
        "format": FORMAT,
        "engagement_id": str(seat.id),
        "posting_id": str(seat.posting_id),
        "terms_version": seat.terms_version,
        "terms_hash": terms_hash,
        "parties": {"worker": str(seat.worker_id), "employer": str(seat.employer_id)},
    }
    first = first_link(str(seat.id), side)
    return _headed(about, side, entries, first, pack_id=pack_id, at=at, key_id=key_id, service=service)


def lent_header_of(
    deal: Any,
    lent: Any,
    side: LentSide,
    entries: list[dict[str, Any]],
    *,
    pack_id: Any,
    at: datetime,
    key_id: str,
    service: str,
    consent_hash: str | None,
) -> dict[str, Any]:
    """The same of somebody who is lent; `consent_hash` is that of the consent that binds, once it is signed."""
    about = {
        "format": LENT_FORMAT,
        "lent_id": str(lent.id),
        "deal_id": str(deal.id),
        "deal_number": deal.number,
        "terms_version": lent.terms_version,
        "consent_hash": consent_hash,
        "parties": {"worker": str(lent.worker_id), "lender": str(deal.lender_id), "borrower": str(deal.borrower_id)},
    }
    first = first_link(str(lent.id), side, LENT_FORMAT)
    return _headed(about, side, entries, first, pack_id=pack_id, at=at, key_id=key_id, service=service)


def _headed(
    about: Mapping[str, Any],
    side: str,
    entries: list[dict[str, Any]],
    first: str,
    *,
    pack_id: Any,
    at: datetime,
    key_id: str,
    service: str,
) -> dict[str, Any]:
    made = {
        **about,
        "service": service,
        "pack_id": str(pack_id),
        "side": side,
        "issued_at": rfc3339(at),
        "key_id": key_id,
        "count": len(entries),
        "head": entries[-1]["hash"] if entries else first,
    }
    return made | {"marks": marks_of(made)}


def qr_text(pack_id: Any, head: str) -> str:
    """What the QR on the paper says: which pack, and the hash that its file has to end in."""
    return f"{QR}:{pack_id}:{head}"
