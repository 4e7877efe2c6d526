"""What a rule has found, as data to keep beside a posting and as facts for a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from service.guard.judging import Hit, judge
from service.guard.learned import shipped_weights
from service.guard.posing import POSES
from service.guard.rulebook import Rulebook, Version

CODE = "guard_hit"
LIKE_STOPPED = "like_stopped"  # of a posting that repeats what an officer stopped
OTHER_EMPLOYER = "other_employer"  # of an imported row that names another than its employer
MOST = 30  # findings kept of one posting; the strongest first
HOLDS_BACK = frozenset({"review", "block"})
HINTS_COUNT = frozenset({"C01", "C02", "C29"})  # fees and deposits, papers, contact details


def findings_in(
    texts: Mapping[str, str | None],
    rules: Rulebook,
    day: date,
    *,
    pay_stated: bool,
    side: str = "demand",
    whole: bool = False,
) -> list[tuple[str, dict[str, Any]]]:
    """(JSON pointer, facts) of every rule that the texts of a posting break; `texts` are by pointer.

    `whole`: they are a whole advertisement, which is compared with those that broke a rule.
    """
    weights = shipped_weights() if whole else None
    found = judge(texts, rules, day, pay_stated=pay_stated, side=side, learned=weights).hits
    known = {version.code: version for version in rules.at(day)}
    strongest = sorted(found, key=lambda hit: (hit.action != "block", hit.action != "review"))[:MOST]
    return [(hit.field, _facts(hit, known[hit.code])) for hit in strongest]


def findings_in_passing(
    texts: Mapping[str, str | None], rules: Rulebook, day: date, *, side: str = "demand"
) -> list[tuple[str, dict[str, Any]]]:
    """What holds a text back that is no advertisement: an address, a label, a name, a text from one to the other.

    A hint, which may mean something else («KTV» is an address too), counts only where it is about money, papers or
    contact details.
    """
    found = findings_in(texts, rules, day, pay_stated=True, side=side)
    return [(pointer, facts) for pointer, facts in found if facts["action"] in HOLDS_BACK and _is_meant(facts)]


def _is_meant(facts: Mapping[str, Any]) -> bool:
    return facts["how"] != "hint" or facts["rule"] in HINTS_COUNT


def _facts(hit: Hit, version: Version) -> dict[str, Any]:
    made = {
        "rule": hit.code,
        "since": hit.since.isoformat(),
        "action": hit.action,
        "start": hit.start,
        "end": hit.end,
        "words": hit.words,
        "how": hit.how,
        "name": dict(version.name),
        "advice": dict(version.advice),
        "basis": version.basis,
    }
    if hit.how == "learned":
        made |= {
            "name": {key: said.format(name=version.name[key]) for key, said in _likely()["name"].items()},
            "advice": dict(_likely()["advice"]),
        }
    return made | {"report": True} if version.reported else made


@cache
def _likely() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        files("service.guard").joinpath("likely.yaml").read_text("utf-8")
    )
    return found


def in_language(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The facts with name and advice in one language."""
    key = "en" if language == "en" else "zh"
    made = dict(facts)
    for name in ("name", "advice"):
        said = facts.get(name)
        if isinstance(said, Mapping):
            made[name] = said.get(key) or said.get("zh", "")
    return made


def is_blocked(warnings: Collection[Mapping[str, Any]]) -> bool:
    """Whether a rule stops the posting."""
    return bool(blocking(warnings))


def blocking(warnings: Collection[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The findings that stop it."""
    return [each for each in warnings if each["code"] == CODE and each["facts"]["action"] == "block"]


def to_report(warnings: Collection[Mapping[str, Any]]) -> frozenset[str]:
    """The rules (`report: true`) that stop the posting and are told to officers besides."""
    reported = [each["facts"] for each in warnings if each["code"] == CODE and each["facts"].get("report")]
    return frozenset(facts["rule"] for facts in reported if facts["action"] == "block")


def holds_back(warning: Mapping[str, Any]) -> bool:
    """Whether a person looks at the posting before it is shown."""
    if warning["code"] in (LIKE_STOPPED, POSES, OTHER_EMPLOYER):
        return True
    return bool(warning["code"] == CODE and warning["facts"]["action"] in HOLDS_BACK)
