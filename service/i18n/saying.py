"""The sentence of a problem: codes among its facts are said by their names, in the reader's language.

Only what the caller is to send as it stands (`expected`, `valid`, field names, scopes) stays a code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.i18n import DEFAULT, LANGUAGES, catalogue, render, said_instant, said_minutes
from service.money import format_yuan
from service.moves import to_be_told

# Fact -> where its names stand in the catalogue; `{noun}` is a fact of the same problem.
NAMED: Mapping[str, Mapping[str, str]] = {
    "wrong_state": {"state": "state.{noun}", "action": "action.{noun}", "possible": "action.{noun}"},
    "employer_may_not_post": {"state": "state.employer"},
    "deal_not_open": {"state": "state.deal"},
    "margin": {"known": "deal.cost_kind"},
    "cost_unit": {"known": "deal.cost_unit"},
    "cost_twice": {"kind": "deal.cost_kind"},
    "cost_given_in_kind": {"kind": "deal.cost_kind"},
    "posting_not_live": {"state": "state.posting"},
    "relay_closed": {"state": "state.contact_request"},
    "intake_incomplete": {"missing": "draft"},
    "method_not_yours": {"possible": "check_in"},
    "fees_not_for_kind": {"possible": "capacity"},
    "settlement_over_15_days": {"suggested": "settlement"},
    "reference_code_unknown": {"kind": "reference_kind"},
    "role_lacks_operation": {"roles": "role"},
    "member_role_lacks": {"roles": "role"},
}

# Fact -> what its figure measures, where its name does not end on it.
MEASURED: Mapping[str, Mapping[str, str]] = {
    "pay_out_of_range": {"least": "fen", "most": "fen"},
    "below_minimum_wage": {"least": "fen"},
    "shift_too_long": {"most": "minutes"},
    "hours_too_long": {"most": "minutes"},
    "break_too_long": {"most": "minutes"},
}
_MINUTES = re.compile(r"(^|_)minutes(_|$)")


def problem_sentence(code: str, language: str, facts: Mapping[str, Any]) -> str:
    """What a person reads of a problem with these facts; nothing possible is said as that."""
    key = f"problem.{code}"
    if code == "wrong_state":
        moves = to_be_told(str(facts.get("noun")), facts.get("possible") or ())
        facts = {**facts, "possible": moves}
        key = key if moves else f"{key}_final"
    return render(key, language, **said_facts(code, language, facts))


def said_facts(code: str, language: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a sentence can hold them: codes and texts in one language, lists as words with separators, instants by
    the clocks of Shanghai, fen as yuan and minutes as hours."""
    named, measured = NAMED.get(code, {}), MEASURED.get(code, {})
    said = {name: _measured(name, value, measured.get(name), language) for name, value in facts.items()}
    return {name: _said(value, named.get(name), facts, language) for name, value in said.items()}


def _measured(name: str, value: Any, measure: str | None, language: str) -> Any:
    """A figure in the measure that people use; everything else as it is."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if measure == "fen" or name.endswith("_fen"):
        return format_yuan(value).removesuffix(".00")
    return said_minutes(value, language) if measure == "minutes" or _MINUTES.search(name) else value


def _said(value: Any, names: str | None, facts: Mapping[str, Any], language: str) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        parts = list(dict.fromkeys(str(_said(part, names, facts, language)) for part in value))
        sentences = any(isinstance(part, Mapping) for part in value)
        between = render("format.between_sentences" if sentences else "format.between_words", language)
        return between.join(parts) or render("format.nothing", language)
    if isinstance(value, Mapping) and "zh" in value:
        return value["en" if language == "en" else "zh"]
    if isinstance(value, datetime):
        return said_instant(value, language)
    return name_of(names.format_map({"noun": facts.get("noun")}), value, language) if names else value


def name_of(kind: str, code: Any, language: str) -> str:
    """The name of a code: of this kind (`state.posting`), else of any (`state`), else the code itself."""
    words = catalogue(language if language in LANGUAGES else DEFAULT)
    keys = (f"{kind}.{code}", f"{kind.partition('.')[0]}.{code}")
    return next((words[key] for key in keys if key in words), str(code))
