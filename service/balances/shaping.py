"""Matches, plans and terms as they are answered: codes with their sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from service.balances import sentences
from service.i18n import render
from service.reference.rules import labelled

if TYPE_CHECKING:
    from matching import Part
    from matching.sharing import Hindrance, Offer, Reasons
    from service.balances.rules.conditions import Condition
    from service.balances.views import LeftView, MatchesView, MatchView, PlanView, TermsView

TERMS = (
    "city_code", "clause", "document", "title", "number", "article", "says", "of_place", "place_document",
    "place_title", "agencies_broker", "follow_up",
)  # fmt: skip


def terms_out(terms: TermsView, language: str) -> dict[str, Any]:
    """The terms with all of it in words."""
    made = {name: getattr(terms, name) for name in TERMS}
    facts = {name: made[name] for name in ("title", "number", "article", "place_title")}
    said = [
        render(f"sharing.terms.{_whose(terms)}", language, **facts),
        render(f"sharing.terms.{'agencies' if terms.agencies_broker else 'no_agencies'}", language),
    ]
    said += [render("sharing.terms.follow_up", language)] if terms.follow_up else []
    return made | {"text": (" " if language == "en" else "").join(said)}


def _whose(terms: TermsView) -> str:
    """The place's own clause, the national one beside a document of the place, or the national one alone."""
    if terms.of_place:
        return "own"
    return "only_national" if terms.place_document == terms.document else "national"


def conditions_out(rows: Iterable[Condition], language: str) -> dict[str, Any]:
    """Conditions with their names."""
    return {
        "items": [
            {"code": row.code, "kind": row.kind, "reach": row.reach, "label": labelled(row, row.code, language)}
            for row in rows
        ]
    }


def matches_out(found: MatchesView, language: str) -> dict[str, Any]:
    """A ranking."""
    names = ("balance_id", "side", "at", "rules", "considered", "hindered", "agreed")
    return {name: getattr(found, name) for name in names} | {
        "lacks": _counts(found.lacks, language),
        "matches": [_match(each, language) for each in found.matches],
        "misses": [_match(each, language) for each in found.misses],
    }


def plan_out(found: PlanView, language: str) -> dict[str, Any]:
    """A plan; it is given out only where its proof holds."""
    names = (
        "at",
        "rules",
        "region",
        "cross_region",
        "season",
        "surpluses",
        "shortages",
        "surpluses_elsewhere",
        "shortages_elsewhere",
        "people",
        "value",
        "scored_anew",
    )
    return {name: getattr(found, name) for name in names} | {
        "proven": True,
        "pairs": [
            {
                "surplus": each.surplus, "shortage": each.shortage, "people": each.people, "value": each.value,
                "by_homes": None if each.by_homes is None else _homes(each.by_homes),
                "distance_m": each.offer.distance_m, "score": _score(each.offer, language),
            }
            for each in found.pairs
        ],
        "left_surpluses": [_left(each, language) for each in found.left_surpluses],
        "left_shortages": [_left(each, language) for each in found.left_shortages],
    }  # fmt: skip


def _match(each: MatchView, language: str) -> dict[str, Any]:
    offer = each.offer
    return {
        "balance": each.balance,
        "people": offer.people,
        "staying": _reasons(offer.staying, "match", language),
        "by_homes": None if each.by_homes is None else _homes(each.by_homes),
        **offer_out(offer, language),
    }


def offer_out(offer: Offer, language: str) -> dict[str, Any]:
    """How well two go together: the way, every part of the score, every hindrance."""
    return {
        "distance_m": offer.distance_m,
        "score": _score(offer, language),
        "hindrances": [_hindrance(hindrance, language) for hindrance in offer.hindrances],
    }


def _score(offer: Offer, language: str) -> dict[str, Any]:
    return {"total": offer.score.total, "parts": [_part(part, language) for part in offer.score.parts]}


def _part(part: Part, language: str) -> dict[str, Any]:
    names = ("name", "value", "weight", "points", "reason")
    return {name: getattr(part, name) for name in names} | {
        "label": sentences.part_label(part.name, language),
        "facts": _plain(part.facts),
        "text": sentences.reason_sentence(part, language),
    }


def _hindrance(hindrance: Hindrance, language: str) -> dict[str, Any]:
    return {
        "code": hindrance.code.value,
        "facts": _plain(hindrance.facts),
        "text": sentences.hindrance_sentence(hindrance, language),
        "mend": hindrance.mend.value if hindrance.mend is not None else None,
        "mend_text": sentences.mend_sentence(hindrance, language),
    }


def _left(each: LeftView, language: str) -> dict[str, Any]:
    left = each.left
    return {
        "balance": each.balance,
        "people": left.people,
        "reason": left.reason.value,
        "reasons": _reasons(left.reasons, each.balance.side, language),
        "text": sentences.left_sentence(left, each.balance.side, language),
        "lacks": _counts({code.value: number for code, number in left.lacks.items()}, language),
    }


def _reasons(reasons: Reasons, of: str, language: str) -> list[dict[str, Any]]:
    """`of` is the side whose people or seats are left, or a match."""
    return [
        {"reason": code.value, "people": people, "text": sentences.staying_sentence(code.value, people, of, language)}
        for code, people in reasons
    ]


def _counts(lacks: Mapping[str, int], language: str) -> list[dict[str, Any]]:
    """The rule that keeps most out first."""
    ordered = sorted(lacks.items(), key=lambda each: (-each[1], each[0]))
    return [{"code": code, "label": sentences.lack_label(code, language), "count": number} for code, number in ordered]


def _homes(homes: Sequence[tuple[str | None, int]]) -> list[dict[str, Any]]:
    return [{"district_code": code, "people": people} for code, people in homes]


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(fact) if isinstance(fact, tuple) else fact for name, fact in facts.items()}
