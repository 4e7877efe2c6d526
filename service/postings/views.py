"""A posting as it is shown: one nested value from the columns, for its own people and for everybody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from service.geo import Point, coarse
from service.guard import in_language
from service.i18n import render
from service.i18n.saying import problem_sentence
from service.injury import said_injury
from service.pages import Page
from service.postings.rules.review import waits_for
from service.postings.rules.terms import terms_hash, terms_of, without_door
from service.reliability.rules import payment_shown
from service.text import mask_name
from service.worktime import local_day

_SAME = (
    "id", "number", "version", "state", "title", "description", "trade", "occupation_code", "industry", "job_kind",
    "work_mode", "binding", "headcount", "radius_limit_m", "break_minutes", "conditions", "certificates", "skills",
    "adult_only", "min_age", "max_age", "claimable", "funding", "traits", "priority_groups",
    "terms_version", "terms_hash", "valid_until", "published_at",
    "closed_at", "created_at", "updated_at", "defaulted", "warnings",
)  # fmt: skip
_NOTHING_SAID: Mapping[str, Any] = dict.fromkeys(
    (
        "meals",
        "lodging",
        "travel",
        "bring",
        "outdoor",
        "insurance",
        "injury_cover",
        "insurance_policy",
        "units_per_hour",
    )
)
# Warnings that are not for the public: a review has dealt with them, or they measure from the exact place.
INSIDE = frozenset(
    {
        "guard_hit", "like_stopped", "words_pose", "other_employer", "pay_far_above_going",
        "pay_far_above_minimum", "point_far_from_city",
    }
)  # fmt: skip
_OWN = (
    "channel",
    "source",
    "source_id",
    "review_due_at",
    "private",
    "paused_by",
    "refreshed_at",
    "merged_into",
    "copied_from",
)


@dataclass(frozen=True)
class PostingView:
    """What a posting's own employer and officers see of it; `version` is its ETag."""

    id: UUID
    number: int
    version: int
    state: str
    title: str
    description: str | None
    trade: str
    occupation_code: str | None
    industry: str | None
    job_kind: str
    work_mode: str
    binding: str
    headcount: int
    radius_limit_m: int | None
    break_minutes: int
    conditions: Mapping[str, Any]
    injury: str
    certificates: list[str]
    skills: list[Mapping[str, Any]]
    adult_only: bool
    min_age: int | None
    max_age: int | None
    claimable: bool
    funding: str
    traits: list[str]
    priority_groups: list[str]
    terms_version: int
    terms_hash: str
    valid_until: datetime
    published_at: datetime | None
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    defaulted: list[str]
    warnings: list[Mapping[str, Any]]
    employer: Mapping[str, Any]
    place: Mapping[str, Any]
    pickup: Mapping[str, Any] | None
    pay: Mapping[str, Any]
    time: Mapping[str, Any]
    own: Mapping[str, Any] | None
    shift_ids: Sequence[UUID] = ()


Audience = Literal["insider", "seated", "public"]  # its own people and officers; who has a seat; everybody


def in_words(findings: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Warnings and problems (pointer, code, facts), each with its sentence."""
    return [
        {**each, "facts": facts, "message": problem_sentence(each["code"], language, facts)}
        for each in findings
        for facts in [in_language(each.get("facts", {}), language)]
    ]


def full_view(columns: Mapping[str, Any], *, seen_by: Audience, language: str) -> dict[str, Any]:
    """Everything about a posting, from its columns and its employer's name, kind and state.

    No contact detail stands in it for anybody. The public sees a household's name masked, its points to about
    100 m and no address, and a hash over the terms without them; only insiders see how the posting came in and is
    reviewed.
    """
    insider = seen_by == "insider"
    made = {name: columns[name] for name in _SAME}
    found = [each for each in columns["warnings"] if insider or each["code"] not in INSIDE]
    made["warnings"] = in_words(found, language)
    made["conditions"] = {**_NOTHING_SAID, **columns["conditions"]}  # a deal by sight says nothing of them
    made["injury"] = said_injury(
        columns["conditions"], columns["employer_kind"], language, last_day=local_day(columns["valid_until"])
    )
    open_to_all = seen_by != "public" or columns["employer_kind"] != "household"
    if not open_to_all:
        made["terms_hash"] = terms_hash(without_door(terms_of(columns)))
    made["employer"] = _employer(columns, open_to_all, language)
    made["place"] = _place(columns, open_to_all) | {"site_id": columns["site_id"] if insider else None}
    made["pickup"] = _pickup(columns["pickup"], open_to_all)
    made["pay"] = _pay(columns) | {
        "tiers": columns["pay_tiers"],
        "note": columns["pay_note"],
        "call_off_fen": columns["call_off_fen"],
    }
    made["time"] = {"series": _series(columns["series"]), "pattern": _pattern(columns["pattern"])}
    made["time"]["shifts"] = (columns["series"] or {}).get("shifts")
    made["own"] = _own(columns, language) if insider else None
    return made


def _own(columns: Mapping[str, Any], language: str) -> dict[str, Any]:
    """How it came in and is reviewed, and what it waits for."""
    codes = waits_for(columns["state"], columns["employer_state"], columns["warnings"])
    waits = [{"code": code, "message": render(f"posting.waits_for.{code}", language)} for code in codes]
    return {name: columns[name] for name in _OWN} | {"waits_for": waits}


def brief_view(columns: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A line of a public list: what the work is, where, when next, for how much; never a contact detail.

    Written out because it is made twenty times for each answer of the list that is asked for most.
    """
    open_to_all = columns["employer_kind"] != "household"
    starts = columns["starts_at"]
    return {
        "id": columns["id"],
        "version": columns["version"],
        "title": columns["title"],
        "trade": columns["trade"],
        "job_kind": columns["job_kind"],
        "work_mode": columns["work_mode"],
        "binding": columns["binding"],
        "headcount": columns["headcount"],
        "adult_only": columns["adult_only"],
        "claimable": columns["claimable"],
        "published_at": columns["published_at"],
        "distance_m": columns["distance_m"],
        "employer": _employer(columns, open_to_all, language),
        "place": _place(columns, open_to_all),
        "pay": _pay(columns),
        "meals": columns["meals"],
        "next_shift": starts and {"starts_at": starts, "ends_at": columns["ends_at"], "free_seats": columns["free"]},
    }


def _employer(columns: Mapping[str, Any], open_to_all: bool, language: str) -> dict[str, Any]:
    name = columns["employer_name"]
    return {
        "id": columns["employer_id"],
        "name": name if open_to_all else mask_name(name),
        "kind": columns["employer_kind"],
        "verified": columns["employer_state"] == "verified",
        "payment_record": payment_shown(columns["payment_record"], language),
    }


def _place(columns: Mapping[str, Any], open_to_all: bool) -> dict[str, Any]:
    return {
        "city_code": columns["city_code"],
        "district_code": columns["district_code"],
        "address": columns["address"] if open_to_all else None,
        "point": _point(columns, columns["sent_datum"], open_to_all),
        "approximate": columns["approximate"] or not open_to_all,
    }


def point(lon: float | None, lat: float | None, datum: str | None) -> dict[str, Any] | None:
    """GeoJSON with the datum that was sent; coordinates are WGS-84."""
    if lon is None:
        return None
    return {"type": "Point", "coordinates": (lon, lat), "sent_datum": datum or "wgs84"}


def _point(place: Mapping[str, Any], datum: str | None, open_to_all: bool) -> dict[str, Any] | None:
    lon, lat = place["lon"], place["lat"]
    if lon is not None and not open_to_all:
        rough = coarse(Point(lon, lat))
        lon, lat = rough.lon, rough.lat
    return point(lon, lat, datum)


def _pickup(stored: Mapping[str, Any] | None, open_to_all: bool) -> dict[str, Any] | None:
    if stored is None:
        return None
    shown = {name: stored.get(name) for name in ("seats", "leaves_at", "way_back")}
    shown["address"] = stored.get("address") if open_to_all else None
    return shown | {"point": _point(stored, "wgs84", open_to_all)}


def _pay(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "amount_fen": columns["pay_fen"],
        "most_fen": columns["pay_most_fen"],
        "currency": "CNY",
        "unit": columns["pay_unit"],
        "unit_label": columns["pay_unit_label"],
        "settlement": columns["settlement"],
    }


def _series(stored: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return stored if stored and "shifts" not in stored else None


def _pattern(stored: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    shown = {name: value for name, value in stored.items() if name not in ("from", "until")}
    return shown | {"first_day": stored.get("from"), "last_day": stored.get("until")}


@dataclass(frozen=True)
class TermsView:
    """The words of one version of the terms, as far as the caller may read them, and the hash of these words."""

    posting_id: UUID
    terms_version: int
    terms_hash: str
    terms: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class DraftView:
    """What a sentence gave; `posting` has the shape of a new posting's body, as far as it was said."""

    posting: Mapping[str, Any]
    spans: list[Mapping[str, Any]]
    missing: list[str]
    assumed: list[str]
    leftovers: list[str]
    defaulted: list[str]
    warnings: Sequence[Mapping[str, Any]]
    problems: Sequence[Mapping[str, Any]]
    hint: str | None  # in the caller's language, where something is missing


@dataclass(frozen=True, slots=True)
class PostingPage(Page[Any]):
    """Postings of a list, with what was counted of all that is found."""

    facets: Mapping[str, Any] | None = None
