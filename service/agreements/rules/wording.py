"""What the posting guard says of the words that an employer adds: no term is taken back by a sentence beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from service.agreements.rules.waiving import waived
from service.errors import FieldError, Refused
from service.guard import Rulebook, findings_in, in_language
from service.guard.telling import CODE

# Charges and deposits, papers, guarantees, marriage and children, pay in kind, unpaid trials, rights waived.
NEVER = frozenset({"C01", "C02", "C03", "C05", "C19", "C20", "C34"})
NEVER_IN_CONTRACT = frozenset({"C01", "C31"})  # also where the guard only holds back: costs laid on the worker, fines


def check_words(kind: str, told: Mapping[str, str], rules: Rulebook, day: date, language: str) -> None:
    """`told` is by JSON pointer. Raises Refused `agreement_words` with every rule that is broken, each at its place;
    see also `waived`."""
    found = findings_in(told, rules, day, pay_stated=True)
    errors = tuple(
        FieldError(pointer, CODE, in_language(hit, language))
        for pointer, hit in found
        if (hit["rule"] in NEVER and hit["action"] == "block")
        or (kind == "labour_contract" and hit["rule"] in NEVER_IN_CONTRACT and hit["action"] == "review")
    )
    errors += waived(kind, told, rules, day, language)
    if errors:
        raise Refused("agreement_words", errors=errors)
