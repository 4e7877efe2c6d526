"""What makes the guard fast changes no verdict: texts are passed by only for what they cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from service.guard import folding, judge, shipped
from service.guard.folding import fold
from service.guard.learned import shipped_weights
from service.guard.loading import shipped_files
from service.guard.patterns import MET, Lists, expression, guarded
from service.guard.reporting import labelled
from service.guard.seeking import Seeker
from tests.rules.test_guard import SET
from tests.sizes import FULL

TODAY = date(2026, 11, 21)
RULES = shipped()
ROWS = labelled(SET)
PIECES = [piece for row in ROWS[::40] for piece in re.split("(?<=[，。、；])", row["text"])]
WORDS = sorted(
    {word for version in RULES.at(TODAY) for each in version.patterns() for need in each.needs for word in need}
)
GLUE = [*"，。、 的不给每一元押费", "200元", "jin", "!"]
MADE = st.sampled_from(PIECES) | st.sampled_from(WORDS) | st.sampled_from(GLUE)
TEXTS = st.lists(MADE, min_size=1, max_size=12).map("".join)


def all_of_them(seeker: Seeker, text: str, found: object) -> tuple[list[int], int]:
    """As if every pattern might be met in every text."""
    every = (1 << len(seeker.patterns)) - 1
    return [every], every


@settings(max_examples=400 if FULL else 60, derandomize=True, deadline=None)
@given(title=TEXTS, text=TEXTS)
def test_a_verdict_is_that_of_all_patterns_tried(title: str, text: str) -> None:
    """The same rules, places and words, whether only what may be met is tried or everything."""
    texts = {"/title": title, "/description": text}
    quick = judge(texts, RULES, TODAY, learned=shipped_weights())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Seeker, "_met", all_of_them)
        assert judge(texts, RULES, TODAY, learned=shipped_weights()) == quick


def test_labelled_texts_are_judged_as_by_all_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts that people wrote, on both sides of every rule."""
    rows = ROWS if FULL else ROWS[::60]
    texts = [{"/title": row["title"], "/description": row["text"]} for row in rows]
    quick = [judge(each, RULES, TODAY) for each in texts]
    monkeypatch.setattr(Seeker, "_met", all_of_them)
    assert [judge(each, RULES, TODAY) for each in texts] == quick


def plain_patterns() -> Iterator[tuple[str, Lists]]:
    """Every pattern as it is written in the files, or a part of them."""
    texts = shipped_files()
    lists = yaml.safe_load(texts.pop("lists.yaml"))
    written: list[str] = []
    for version in (version for text in texts.values() for version in yaml.safe_load(text)["versions"]):
        written += [each for name in ("phrases", "hint_phrases", "unless") for each in version.get(name, ())]
        written += [part for name in ("together", "anywhere") for parts in version.get(name, ()) for part in parts]
    yield from ((each, lists) for each in list(dict.fromkeys(written))[:: 1 if FULL else 9])


def test_a_guarded_pattern_is_met_where_the_plain_one_is() -> None:
    """Each pattern of the rules, told where it may begin and not, in texts of all kinds: every place is the same."""
    texts = [fold(f"{row['title']}|{row['text']}").text for row in ROWS[:: 15 if FULL else 400]]
    met = 0
    for pattern, lists in plain_patterns():
        plain, quick = re.compile(expression(pattern, lists)), re.compile(guarded([pattern], lists))
        for text in texts:
            found = plain.search(text)
            seen = quick.search(text)
            assert (found and found.span()) == (seen and seen.span(MET)), (pattern, text)
            met += found is not None
    assert met > 20


def test_places_of_a_pattern_lie_one_behind_the_other() -> None:
    """As the plain expression finds them one after the other."""
    sought = [each for version in RULES.at(TODAY) for each in version.patterns()]
    for row in ROWS[::50]:
        text = fold(row["text"]).text
        near = RULES.seeker_at(TODAY).near(text)
        for each in filter(near.holds, sought):
            spans = list(each.spans(text))
            assert all(start < end for start, end in spans)
            assert all(before[1] <= after[0] for before, after in zip(spans, islice(spans, 1, None), strict=False))


ODD = [*"，。、.-~ 0189０９１oO押扌甲证正訁①⑤½㎡ab:！\n…", "&#25276;", "押金", "0\ufe0f"]


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(ODD), max_size=24).map("".join))
def test_places_of_folded_text_are_those_of_its_pieces(text: str) -> None:
    """Drawn pairs, ranges, marks said twice, characters that become two or none: the same as piece by piece."""
    folded = fold(text)
    pieces = folding._pieces(text)
    assert list(folded.starts) == [start for _, start, _ in pieces]
    assert list(folded.ends) == [end for _, _, end in pieces]
