"""What the posting guard says of the words that an employer adds: no term is taken back by a sentence beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from service.agreements.rules.waiving import waived
from service.errors import FieldError, Refused
from service.guard import Rulebook, findings_in, in_language
from service.guard.telling import CODE
from service.text import fold_tight

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


class NeverRule(Protocol):
    """What some kinds of agreement never say, as the data has it."""

    @property
    def code(self) -> str: ...
    @property
    def templates(self) -> tuple[str, ...]: ...
    @property
    def patterns(self) -> tuple[str, ...]: ...
    @property
    def unless(self) -> tuple[str, ...]: ...
    @property
    def facts(self) -> tuple[str, ...]: ...


def check_never(kind: str, told: Mapping[str, str], rules: Iterable[NeverRule]) -> None:
    """`told` is by JSON pointer. Raises Refused by the code of the first rule that is broken, with all their places."""
    errors = tuple(
        FieldError(pointer, rule.code)
        for rule in rules
        if kind in rule.templates
        for pointer, text in told.items()
        if (not rule.facts or pointer.rsplit("/", 1)[-1] in rule.facts) and _says(fold_tight(text), rule)
    )
    if errors:
        raise Refused(errors[0].code, errors=errors)


def _says(text: str, rule: NeverRule) -> bool:
    return any(
        not any(re.search(unless, text[: found.start()]) for unless in rule.unless)
        for pattern in rule.patterns
        for found in re.finditer(pattern, text)
    )
