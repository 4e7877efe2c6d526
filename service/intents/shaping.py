"""Intents as they are answered: codes with their sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching.sharing import Offer
    from service.intents.views import IntentView, PeopleView

OfferOut = Callable[["Offer", str], dict[str, Any]]  # the port `balances.offer_out`
NOTHING: dict[str, Any] = {"distance_m": None, "score": None, "hindrances": []}


def intent_out(view: IntentView, language: str) -> dict[str, Any]:
    """One."""
    made = {each.name: getattr(view, each.name) for each in fields(view)}
    words = view.words
    told = None if words is None else {"version": words.version, "text": words.in_language(language)}
    return made | {"words": told}


def intents_out(views: Sequence[IntentView], language: str) -> dict[str, Any]:
    """Several."""
    return {"items": [intent_out(each, language) for each in views]}


def people_out(found: PeopleView, offer_out: OfferOut, language: str) -> dict[str, Any]:
    """Who is considered, with every part of the score and every hindrance."""
    names = ("balance_id", "shortage_id", "at", "rules", "considered", "fitting")
    return {name: getattr(found, name) for name in names} | {
        "items": [
            {"intent_id": each.intent_id, "name": each.name, "agreed_at": each.agreed_at}
            | {"fits": None if each.offer is None else each.offer.possible}
            | (NOTHING if each.offer is None else offer_out(each.offer, language))
            for each in found.people
        ]
    }
