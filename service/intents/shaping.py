"""Who is considered, as it is answered: codes with their sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching.sharing import Offer
    from service.intents.views import PeopleView

OfferOut = Callable[["Offer", str], dict[str, Any]]  # the port `balances.offer_out`
NOTHING: dict[str, Any] = {"distance_m": None, "score": None, "hindrances": []}


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
