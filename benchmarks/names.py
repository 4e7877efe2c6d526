"""Naming titles: speed and accuracy of the name index against RapidFuzz's `extractOne`, in one run.

Two lists: official names of occupations with one slip each (two characters swapped, one missing, one replaced by
another of the same sound, or words of an advertisement around them), and the labelled titles of data/names.json.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.line import Line, show
from matching.names import NameEntry, NameIndex
from matching.names.sounds import readings
from service.reference import naming
from service.reference.catalogue import load
from service.reference.skills import classification

LABELLED = Path(__file__).parent / "data" / "names.json"
TITLES, QUICK_TITLES, SAMPLED, QUICK_SAMPLED = 20_000, 4_000, 600, 200
MICROSECONDS = 1e6
Noised = list[tuple[str, str]]  # title, code


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """Microseconds a title on one core, then shares of titles named rightly. The peer is timed on a sample."""
    titles, sampled = (QUICK_TITLES, QUICK_SAMPLED) if quick else (TITLES, SAMPLED)
    yield from _noised_lines(noised_titles(titles, seed), sampled)
    yield from _labelled_lines(sampled)


def noised_titles(count: int, seed: int) -> Noised:
    """Official names with one slip each, and the code that is meant."""
    chance = random.Random(seed)
    names = sorted(naming.official_names().items())
    sounds = _by_sound()
    made = []
    for _ in range(count):
        code, name = chance.choice(names)
        made.append((_slip(name, chance, sounds), code))
    return made


def _slip(name: str, chance: random.Random, sounds: dict[str, list[str]]) -> str:
    kind, at = chance.randrange(4), chance.randrange(len(name) - 1)
    if kind == 0 and len(name) > 2:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if kind == 1 and len(name) > 3:
        return name[:at] + name[at + 1 :]
    if kind == 2:
        same = [c for c in sounds.get(next(iter(readings(name[at])), ""), ()) if c != name[at]]
        if same:
            return name[:at] + chance.choice(same) + name[at + 1 :]
    around = load("naming")["noise"]
    return chance.choice(around[:30]) + name if chance.random() < 0.5 else f"{name}({chance.choice(around[30:60])})"


def _by_sound() -> dict[str, list[str]]:
    """The 3,755 commonest characters (first level of GB/T 2312) by toneless sound."""
    found: dict[str, list[str]] = {}
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            character = bytes((high, low)).decode("gb2312", errors="ignore")
            for sound in readings(character)[:1] if character else ():
                found.setdefault(sound, []).append(character)
    return found


def _noised_lines(noised: Noised, sampled: int) -> Iterator[Line]:
    wording = naming.wording()
    official = NameIndex((NameEntry(code, name, code=code) for code, name in naming.official_names().items()), wording)
    texts, codes = [text for text, _ in noised], [code for _, code in noised]
    by_name = {name: code for code, name in classification().items()}
    peer = _extract_one(list(naming.official_names().values()))
    took, found = _timed(lambda: official.names(texts, 1), len(texts))
    peer_took, peer_found = _timed(lambda: [peer(text) for text in texts[:sampled]], sampled)
    same = [official.name(text, 1) for text in texts[:sampled]] == found[:sampled]
    yield Line.of(
        f"name {len(texts):,} noised titles",
        took,
        peer_took,
        "us",
        agrees=same,
        note=f"a title of {len(official.entries):,} names; {MICROSECONDS / took:,.0f} a second; batch = one by one",
        target="<=200 us",
    )
    right = sum(bool(best) and best[0].entry.code == code for best, code in zip(found, codes, strict=True))
    peer_right = sum(by_name[name] == code for name, code in zip(peer_found, codes, strict=False))
    yield Line.of(
        "  named rightly", 100 * right / len(texts), 100 * peer_right / sampled, "%", note="of the noised titles"
    )
    took, whole = _timed(lambda: naming.crafts_of_all(texts), len(texts))
    right = sum(bool(best) and best[0].occupation == code for best, code in zip(whole, codes, strict=True))
    note = f"whole catalogue; {MICROSECONDS / took:,.0f} a second; {100 * right / len(texts):.1f} % rightly"
    yield Line.of("  the same, among all skills and words", took, None, "us", note=note)


def _labelled_lines(sampled: int) -> Iterator[Line]:
    listed = json.loads(LABELLED.read_text("utf-8"))
    owners = naming.words_and_codes()
    peer = _extract_one(list(owners))
    texts = [row["text"] for row in listed["titles"]]
    took, found = _timed(lambda: naming.crafts_of_all(texts), len(texts))
    chosen = [row for row in listed["titles"] if not row["tuned"]][:sampled]
    peer_took, peer_found = _timed(lambda: [peer(row["text"]) for row in chosen], len(chosen))
    yield Line.of(
        f"name {len(texts)} titles as advertised",
        took,
        peer_took,
        "us",
        note=f"a title; {MICROSECONDS / took:,.0f} a second",
    )
    peer_right = sum(owners[word] in row["skills"] for word, row in zip(peer_found, chosen, strict=True))
    for tuned, name in ((False, "  named rightly, never tuned on"), (True, "  named rightly, tuned on")):
        pairs = [(row, best) for row, best in zip(listed["titles"], found, strict=True) if row["tuned"] is tuned]
        share = 100 * sum(bool(best) and best[0].code in row["skills"] for row, best in pairs) / len(pairs)
        other = None if tuned else 100 * peer_right / len(chosen)
        yield Line.of(name, share, other, "%", note=f"{len(pairs)} titles", target="" if tuned else ">=90 %")
    strange = [row["text"] for row in listed["not_trades"] if not row["tuned"]]
    wrong = sum(bool(best) for best in naming.crafts_of_all(strange))
    yield Line.of(
        "  texts of no trade that were named", 100 * wrong / len(strange), None, "%", note=f"{len(strange)} texts"
    )


def _extract_one(words: Sequence[str]) -> Callable[[str], str]:
    from rapidfuzz import process

    return lambda text: str(process.extractOne(text, words)[0])


def _timed(run: Callable[[], Any], count: int) -> tuple[float, Any]:
    """Processor time in microseconds for each, and the result."""
    started = time.process_time()
    result = run()
    return MICROSECONDS * (time.process_time() - started) / count, result


if __name__ == "__main__":
    show(lines(quick=False))
