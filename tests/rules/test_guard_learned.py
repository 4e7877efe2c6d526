"""What is like a breach: weights learnt from labelled texts, who asks for them, what they mark, what they are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.guard import GuardRefused, judge, rules_of, shipped
from service.guard.folding import fold
from service.guard.guessing import Guess, guess, likeness_of
from service.guard.learned import grams, shipped_weights
from service.guard.learning import digest, learn, tried
from service.guard.loading import read_rules, shipped_files
from service.guard.reporting import labelled, report_on
from service.guard.rulebook import Version
from tests.rules.test_guard import SET

TODAY = date(2026, 11, 21)
HELD = ("review", "block")
RULES = shipped()
WEIGHTS = shipped_weights()
ROWS = labelled(SET)
PADDING = [
    ("每天早上八点到下午五点，中午管一顿饭，有热水有空调，宿舍离得近，班车接送，同事好相处，老板人很好，周末双休，",
     "，工资每月十五号准时发到卡里，节假日有礼品，工作不累，有人带，欢迎来店里看看，地铁二号线出口走五分钟就到"),
    ("每天早上八点到下午五点。中午管一顿饭，有热水有空调。宿舍离得近，班车接送。同事好相处，老板人很好。",
     "。工资每月十五号准时发到卡里。节假日有礼品，工作不累。有人带，欢迎来店里看看。地铁二号线出口走五分钟就到。"),
]  # fmt: skip
FEES = [
    {"title": "t", "text": f"{each}，上班前把{what}交到前台，{each}", "labels": [code]}
    for each in ("洗碗", "搬货", "分拣", "扫地", "摘果")
    for what, code in (("两百块", "C01"), ("制服的钱", "C01"), ("身份证", "C02"), ("毕业证", "C02"))
]
HONEST = [
    {"title": "t", "text": f"{each}，下班时在{where}领当天的工钱，{each}", "labels": []}
    for each in ("洗碗", "搬货", "分拣", "扫地", "摘果")
    for where in ("门口", "库房", "办公室", "车上")
]


def guessed(texts: Mapping[str, str], versions: Sequence[Version]) -> Guess | None:
    """What a posting of these texts is guessed to break."""
    fields = {name: fold(text) for name, text in texts.items()}
    likeness = likeness_of(fields, WEIGHTS)
    return None if likeness is None else guess(fields, likeness, versions, WEIGHTS)


def test_the_weights_were_learnt_from_the_labelled_texts_as_they_are() -> None:
    """Who adds a labelled text runs `make guard-learn`."""
    assert WEIGHTS.learnt_from == digest(SET)


def test_the_same_texts_give_the_same_weights() -> None:
    """And they tell the one kind from the other."""
    once, twice = learn([*FEES, *HONEST]), learn([*FEES, *HONEST])
    assert once.keys() == twice.keys()
    assert all(np.array_equal(once[name], twice[name]) for name in once)
    weights = dict(zip(once["at"].tolist(), once["weights"].tolist(), strict=True))
    told = [sum(weights.get(int(each), 0.0) for each in grams(fold(row["text"]).text)) for row in (FEES[0], HONEST[0])]
    assert told[0] > 0 > told[1]
    assert once["codes"].tolist() == ["C01", "C02"]
    assert "100.0% of 20 breaking texts, 0.0%" in next(iter(tried([*FEES, *HONEST])))


@given(st.text(max_size=200))
def test_any_text_has_a_chance_and_marks_inside_it(text: str) -> None:
    """Between nothing and one; whatever is marked lies in the text that was sent."""
    assert 0 <= WEIGHTS.chance(fold(text).text) <= 1
    for hit in judge({"/title": text[:20], "/description": text}, RULES, TODAY, learned=WEIGHTS).hits:
        assert 0 <= hit.start < hit.end <= len(text)


def test_the_held_out_texts_are_seen_by_likeness() -> None:
    """None of them was learnt from: with the weights hardly a breach passes, and fewer clean ones are blocked."""
    rows = labelled(SET.with_name("guard_held_out.jsonl"))
    assert not {row["text"] for row in rows} & {row["text"] for row in ROWS}
    bare, found = report_on(rows, RULES, TODAY), report_on(rows, RULES, TODAY, WEIGHTS)
    assert found.stopped > bare.stopped
    assert found.stopped / found.breaking >= 0.95
    assert found.blocked <= bare.blocked
    assert found.blocked / found.clean <= 0.02
    assert found.reviewed / found.clean <= 0.25


def test_a_likeness_is_named_marked_and_for_a_person() -> None:
    """What no pattern meets: the rule, the words of one clause, review, and a field of the posting."""
    rows = [row for row in labelled(SET.with_name("guard_held_out.jsonl")) if row["labels"]]
    seen = 0
    for row in rows:
        texts = {"/title": row["title"], "/description": row["text"]}
        for hit in judge(texts, RULES, TODAY, learned=WEIGHTS).hits:
            if hit.how == "learned":
                seen += 1
                assert (hit.action, hit.field) == ("review", "/description")
                assert hit.words == row["text"][hit.start : hit.end]
                assert judge(texts, RULES, TODAY).action in (None, "warn")
    assert seen >= 20


def test_an_honest_text_is_not_blocked_and_no_hit_is_lost(tmp_path: Path) -> None:
    """A pattern that is met in what is rather honest is for a person; a rule of one's own blocks as it says."""
    clean = [row for row in labelled(SET.with_name("guard_held_out.jsonl")) if not row["labels"]]
    softened = 0
    for row in clean:
        texts = {"/title": row["title"], "/description": row["text"]}
        bare, found = judge(texts, RULES, TODAY), judge(texts, RULES, TODAY, learned=WEIGHTS)
        softened += bare.action == "block" and found.action == "review"
        assert set(bare.codes) <= set(found.codes)
    assert softened >= 1
    told = "晚市洗碗端盘，五点到十点，管一顿饭，早上要唱厂歌，当天结清工钱，工作服店里给。"
    words = {"/description": told}
    assert judge(words, RULES, TODAY, learned=WEIGHTS).hits == ()
    head = shipped_files()["C31.yaml"].split("    words:")[0].replace("action: review", "action: block")
    (tmp_path / "C31.yaml").write_text(f"{head}    words: [要唱厂歌]\n", "utf-8")
    assert judge(words, rules_of(tmp_path), TODAY, learned=WEIGHTS).action == "block"


@pytest.mark.parametrize(("before", "behind"), PADDING)
def test_honest_words_around_a_breach_hide_hardly_one(before: str, behind: str) -> None:
    """Whoever pads an advertisement is looked at all the same: nothing that a rule meets is taken back, and a breach
    that only likeness sees is still seen, in a sentence of its own and between commas."""
    assert judge({"/description": before + behind}, RULES, TODAY, learned=WEIGHTS).action not in HELD
    met, lost = 0, 0
    for row in [row for row in labelled(SET.with_name("guard_held_out.jsonl")) if row["labels"]][::3]:
        texts, padded = {"/description": row["text"]}, {"/description": f"{before}{row['text']}{behind}"}
        alone = judge(padded, RULES, TODAY)
        found = judge(padded, RULES, TODAY, learned=WEIGHTS)
        assert set(alone.codes) <= set(found.codes)
        if judge(texts, RULES, TODAY, learned=WEIGHTS).action in HELD:
            met += 1
            lost += found.action not in HELD
    assert met > 100
    assert lost / met <= 0.02


def test_a_long_text_is_named_and_marked_where_it_is_like_a_breach() -> None:
    """The rule and the words are those of the piece that gave the chance, not of the honest ones around it."""
    rows = labelled(SET.with_name("guard_held_out.jsonl"))
    honest = "。".join(row["text"] for row in rows if not row["labels"] and len(row["text"]) > 40)[:400]
    told = max(ROWS[:600], key=lambda row: WEIGHTS.chance(fold(row["text"]).text))["text"]
    short = guessed({"/description": told}, RULES.at(TODAY))
    padded = f"{honest}。\n{told}。\n{honest}"
    found = guessed({"/description": padded}, RULES.at(TODAY))
    assert short is not None
    assert found is not None
    assert found.version is short.version
    assert padded[found.start : found.end] in told


def test_english_is_not_guessed_at() -> None:
    """The weights know Chinese: honest English is no chat account, and the Chinese beside it is read as ever."""
    english = "Small travel magazine in Chengdu. Edit three articles a week written by non-native speakers."
    assert likeness_of({"/description": fold(english)}, WEIGHTS, english=True) is None
    told = max(ROWS[:600], key=lambda row: WEIGHTS.chance(fold(row["text"]).text))["text"]
    found = judge({"/description": f"{english}\n{told}"}, RULES, TODAY, learned=WEIGHTS)
    assert found.action in HELD


def test_titles_and_a_few_words_are_not_guessed_at() -> None:
    """They say too little: an employer's short postings do not fill the officers' queue."""
    told = max(ROWS[:600], key=lambda row: WEIGHTS.chance(fold(row["text"]).text))["text"]
    assert guessed({"/description": told}, RULES.at(TODAY)) is not None
    assert guessed({"/title": told}, RULES.at(TODAY)) is None
    assert guessed({"/description": told[:6]}, RULES.at(TODAY)) is None


def test_a_rule_that_asks_for_none_names_none() -> None:
    """Without `likely` a rule is never guessed; the next likeliest that asks is."""
    told = max(ROWS[:600], key=lambda row: WEIGHTS.chance(fold(row["text"]).text))["text"]
    fields = {"/description": told}
    first = guessed(fields, RULES.at(TODAY))
    assert first is not None
    others = [version for version in RULES.at(TODAY) if version.code != first.version.code]
    second = guessed(fields, others)
    assert second is not None
    assert second.version.code != first.version.code
    assert guessed(fields, [replace(version, likely=None) for version in others]) is None


@pytest.mark.parametrize("chance", ["0.4", "1", "often"])
def test_a_chance_that_cannot_be_asked_for_is_refused(chance: str) -> None:
    """Below a half everybody would be looked at; above one nobody."""
    texts = shipped_files()
    assert "likely: 0.5" in texts["C31.yaml"]
    texts["C31.yaml"] = texts["C31.yaml"].replace("likely: 0.5", f"likely: {chance}")
    with pytest.raises(GuardRefused, match="likely"):
        read_rules(texts)
