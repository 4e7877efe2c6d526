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
    """A line for each scenario that does not come out: of the rules in force on a day, and of every other version as it
    is on its first day."""
    found = []
    for version in (version for each in rules.versions.values() for version in each):
        asked = day if version in rules.at(day) else version.since
        for stops, texts in ((True, version.stopped), (False, version.passed)):
            for text in texts:
                codes = judge({"/description": text}, rules, asked, side=min(version.sides)).codes
                if (version.code in codes) is not stops:
                    said = "not stopped" if stops else "stopped"
                    found.append(f"{version.code} from {version.since}: {text} ({said})")
    return found
