"""Postings a second that the guard judges on one core, beside a plain list of the same words and expressions.

The postings are put together from the held-out texts, which nothing was learnt from, no two alike: mostly clean ones,
as on a market. The peer asks each word and each expression of every rule, one after the other, of the text as it
stands: no folding, no sounds, no denial, no place told. Compared is what both can tell, on folded text: which
expressions of which rule are met.
"""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import yaml

from benchmarks.__main__ import facts
from benchmarks.line import Line, show
from service.guard import Rulebook, judge, shipped
from service.guard.folding import fold
from service.guard.learned import shipped_weights
from service.guard.loading import shipped_files
from service.guard.patterns import expression
from service.guard.reporting import labelled
from service.guard.seeking import Candidates
from service.serve import calm_the_collector

TEXTS = Path(__file__).parents[1] / "tests" / "rules" / "guard_held_out.jsonl"
DAY = date(2026, 11, 21)
POSTINGS, QUICK_POSTINGS, SAMPLED = 20_000, 4_000, 1_000
MORE = 40  # characters of another text
BREAKING = 0.1  # share of the postings that break a rule
Posting = tuple[str, str]
Plain = dict[str, tuple[list[str], list[list[re.Pattern[str]]]]]  # code -> words, expressions of which all are met


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """Postings a second of one process, ours and the peer's; the peer is timed on a sample."""
    postings = made_up(QUICK_POSTINGS if quick else POSTINGS, seed)
    rules, plain, weights = shipped(), plain_list(), shipped_weights()
    compile_all(rules)
    calm_the_collector()
    for title, text in postings[:200]:
        judge({"/title": title, "/description": text}, rules, DAY, learned=weights)
    begun = time.process_time()
    for title, text in postings:
        judge({"/title": title, "/description": text}, rules, DAY, learned=weights)
    ours = len(postings) / (time.process_time() - begun)
    sample = postings[:SAMPLED]
    begun = time.process_time()
    for title, text in sample:
        listed(plain, f"{title}|{text}")
    peer = len(sample) / (time.process_time() - begun)
    size = sum(len(title) + len(text) for title, text in postings) / len(postings)
    note = f"peer: a plain list of the same, unfolded, on {len(sample)}; {size:.0f} characters each"
    yield Line.of(
        "guard, postings a second and core",
        ours,
        peer,
        "1/s",
        agrees=agrees(rules, plain, sample),
        note=note,
        target="2,000",
    )


def compile_all(rules: Rulebook) -> None:
    """What a process does once, as texts come near its patterns."""
    for version in rules.at(DAY):
        for each in version.patterns():
            each.regex  # noqa: B018 - asked for so that it is compiled


def made_up(count: int, seed: int) -> list[Posting]:
    """A title, its text, the beginning of another one, and a number of its own."""
    chance = random.Random(seed)
    rows = labelled(TEXTS)
    clean, breaking = [each for each in rows if not each["labels"]], [each for each in rows if each["labels"]]
    made = []
    for number in range(count):
        row, more = chance.choice(breaking if chance.random() < BREAKING else clean), chance.choice(clean)
        made.append((row["title"], f"{row['text']}{more['text'][:MORE]}({number})"))
    return made


def plain_list() -> Plain:
    """Every word and every expression of the versions in force, each by itself."""
    texts = shipped_files()
    lists = yaml.safe_load(texts["lists.yaml"])
    found: Plain = {}
    for name, text in texts.items():
        if name == "lists.yaml":
            continue
        rule = yaml.safe_load(text)
        version = max((each for each in rule["versions"] if each["from"] <= DAY), key=lambda each: each["from"])
        patterns = [[each] for name in ("phrases", "hint_phrases") for each in version.get(name, ())]
        patterns += [each for name in ("together", "anywhere") for each in version.get(name, ())]
        words = [*version.get("words", ()), *version.get("hints", ())]
        found[rule["code"]] = words, [[re.compile(expression(part, lists)) for part in each] for each in patterns]
    return found


def listed(plain: Plain, text: str) -> set[str]:
    """The rules of which a word or an expression stands in a text."""
    return {
        code
        for code, (words, expressions) in plain.items()
        if [word for word in words if word in text] + [each for each in expressions if _all_met(each, text)]
    }


def _all_met(expressions: Sequence[re.Pattern[str]], text: str) -> bool:
    return all(each.search(text) for each in expressions)


def agrees(rules: Rulebook, plain: Plain, sample: Sequence[Posting]) -> bool:
    """Whether our expressions, each tried only where it can begin, are met exactly where the plain ones are."""
    for title, text in sample:
        folded = fold(f"{title}|{text}").text
        near = rules.seeker_at(DAY).near(folded)
        for version in rules.at(DAY):
            own = near.by_rule.get(version.code, Candidates([], [], []))
            tried = [[each.regex] for each in (*own.phrases, *own.hints)]
            tried += [[part.regex for part in each.parts] for each in own.together]
            met = any(_all_met(each, folded) for each in tried)
            if met is not any(_all_met(each, folded) for each in plain[version.code][1]):
                return False
    return True


def main() -> int:
    """Print the line; 1 when answers differ."""
    quick, seed = os.environ.get("QUICK") == "1", int(os.environ.get("SEED") or 7)
    print("\n".join(facts(quick, seed)), flush=True)
    return 0 if show(lines(quick, seed)) else 1


if __name__ == "__main__":
    sys.exit(main())
