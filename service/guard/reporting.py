"""How well the rules do on texts that people have labelled: precision and recall of each, what they stop."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from service.guard.judging import judge
from service.guard.learned import Learned
from service.guard.rulebook import Rulebook


@dataclass
class Report:
    """Counts by rule, and of whole texts: `breaking` a rule that blocks, of these `stopped` or sent to review;
    `clean` ones, of these `blocked` and `reviewed`."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    breaking: int = 0
    stopped: int = 0
    clean: int = 0
    blocked: int = 0
    reviewed: int = 0

    @property
    def codes(self) -> list[str]:
        """Every rule that was met."""
        return sorted({*self.right, *self.wrong, *self.missed})

    def precision(self, code: str) -> float:
        """Share of a rule's hits that the labels confirm."""
        return _share(self.right[code], self.right[code] + self.wrong[code])

    def recall(self, code: str) -> float:
        """Share of the labels that the rule has found."""
        return _share(self.right[code], self.right[code] + self.missed[code])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def labelled(file: Path) -> list[dict[str, Any]]:
    """Texts with their labels, one JSON object a line: title, text, labels."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def report_on(rows: Iterable[Mapping[str, Any]], rules: Rulebook, day: date, learned: Learned | None = None) -> Report:
    """The rules of a day (and the weights, where given) against labelled texts; pay is judged from the text alone."""
    stops = {version.code for version in rules.at(day) if version.action == "block"}
    found = Report()
    for row in rows:
        judged = judge({"/title": row["title"], "/description": row["text"]}, rules, day, learned=learned)
        said, wanted = set(judged.codes), set(row["labels"])
        found.right.update(said & wanted)
        found.wrong.update(said - wanted)
        found.missed.update(wanted - said)
        if wanted & stops:
            found.breaking += 1
            found.stopped += judged.action in ("block", "review")
        if not wanted:
            found.clean += 1
            found.blocked += judged.action == "block"
            found.reviewed += judged.action == "review"
    return found


def lines_of(found: Report, rules: Rulebook, day: date) -> list[str]:
    """The report as lines of text."""
    names = {version.code: version.name["zh"] for version in rules.at(day)}
    made = [f"{'rule':5}{'labelled':>9}{'precision':>11}{'recall':>8}"]
    for code in found.codes:
        count = found.right[code] + found.missed[code]
        made.append(
            f"{code:5}{count:>9}{found.precision(code):>11.2f}{found.recall(code):>8.2f}  {names.get(code, '')}"
        )
    stopped, blocked = _share(found.stopped, found.breaking), _share(found.blocked, found.clean)
    made.append(f"breaking a blocking rule: {found.breaking}, stopped or sent to review {stopped:.1%}")
    reviewed = _share(found.reviewed, found.clean)
    made.append(f"clean: {found.clean}, blocked {blocked:.1%}, sent to review {reviewed:.1%}")
    return made
