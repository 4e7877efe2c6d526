"""`linggong guard-report FILE`: whether rule files say what they mean, and how they do on labelled texts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from service.guard import GuardRefused, Rulebook, judge, rules_of, shipped
from service.guard.learned import shipped_weights
from service.guard.reporting import labelled, lines_of, report_on
from service.worktime import SHANGHAI


def report(file: Path, folder: Path | None, day: date | None = None) -> bool:
    """Print the report; False where a rule file cannot be used or does not do what its own scenarios say."""
    day = day or datetime.now(SHANGHAI).date()
    try:
        rules = shipped() if folder is None else rules_of(folder)
    except GuardRefused as wrong:
        print(wrong)
        return False
    broken = wrong_scenarios(rules, day)
    for line in broken:
        print(line)
    for line in lines_of(report_on(labelled(file), rules, day, shipped_weights()), rules, day):
        print(line)
    return not broken


def wrong_scenarios(rules: Rulebook, day: date) -> list[str]:
    """A line for each scenario of the rules in force on a day that does not come out."""
    found = []
    for version in rules.at(day):
        for stops, texts in ((True, version.stopped), (False, version.passed)):
            for text in texts:
                if (
                    version.code in judge({"/description": text}, rules, day, side=min(version.sides)).codes
                ) is not stops:
                    found.append(f"{version.code}: {text} ({'not stopped' if stops else 'stopped'})")
    return found
