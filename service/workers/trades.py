"""What somebody can do, in the catalogue's words where there are some, in the person's own where not."""

from __future__ import annotations

from dataclasses import dataclass

from service.reference.catalogue import certificates, trades, trades_by_word
from service.reference.naming import trade_of
from service.reference.rules import labelled


@dataclass(frozen=True, slots=True)
class Craft:
    """A trade's code (None for words that no trade knows) and the name under which the skill is kept."""

    trade: str | None
    name: str


def craft_of(said: str) -> Craft:
    """A trade code, a popular name of a trade or of a skill of it, words that surely mean one, or free words."""
    if said in trades():
        return Craft(said, said)
    found = trades_by_word(said)
    trade = found[0] if found else trade_of(said)
    return Craft(trade, trade) if trade else Craft(None, said)


def craft_label(trade: str | None, name: str, language: str) -> str:
    """How the skill is shown."""
    return labelled(trades().get(trade) if trade else None, name, language)


def certificate_label(kind: str, language: str) -> str:
    """How the kind of certificate is shown."""
    return labelled(certificates().get(kind), kind, language)
