"""Words of a fact that take back what the law gives, read behind what the fact is about, or that say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from service.agreements.heads import heads
from service.errors import FieldError
from service.guard import Rulebook, findings_in, in_language
from service.guard.heading import behind
from service.guard.telling import CODE

WAIVERS = "C36"  # what no term of labour may take away


def waived(kind: str, told: Mapping[str, str], rules: Rulebook, day: date, language: str) -> tuple[FieldError, ...]:
    """`told` is by JSON pointer. Every waiver at its place, quoted as it was sent, and `agreement_says_nothing` where
    the law wants a term and none is said."""
    head = heads().of(kind)
    headed = {pointer: f"{head} {words}" for pointer, words in told.items()} if head else {}
    hits = [
        FieldError(pointer, CODE, in_language(behind(hit, told[pointer], len(head) + 1), language))
        for pointer, hit in findings_in(headed, rules, day, pay_stated=True)
        if hit["rule"] == WAIVERS and hit["action"] == "block"
    ]
    empty = [
        FieldError(pointer, "agreement_says_nothing")
        for pointer, words in told.items()
        if heads().is_empty(kind, pointer, words)
    ]
    return (*hits, *empty)
