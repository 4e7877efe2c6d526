"""The catalogue of skills, and free text named with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.policies import DataRefused
from service.reference import naming, skills
from service.reference.catalogue import fold, trades
from service.reference.data import reader
from service.workers.trades import craft_of

LABELLED: dict[str, Any] = json.loads((Path(__file__).parents[2] / "benchmarks/data/names.json").read_text("utf-8"))


def test_the_catalogue_is_sound_and_holds_three_hundred_skills() -> None:
    """Codes, trades, occupations, owners of words; three words or more each."""
    skills.check_skills()
    assert len(skills.skills()) >= 300
    assert all(len(skill.words) >= 4 for skill in skills.skills().values())
    coded = [skill for skill in skills.skills().values() if skill.occupation]
    assert len(coded) >= 300
    assert {skill.trade for skill in coded if skill.trade} <= set(trades())


def test_a_word_of_two_skills_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal names the file, the row and the owner."""
    raw = reader.load("skills")
    row = {"code": "another", "zh": "x", "en": "y", "aliases": [raw["rows"][0]["aliases"][0]]}
    monkeypatch.setattr(skills, "load", lambda _: {**raw, "rows": [*raw["rows"], row]})
    skills.skills.cache_clear(), skills.skill_words.cache_clear()
    with pytest.raises(DataRefused, match=r"skills\.yaml: rows\[another\]\.aliases: .* belongs to"):
        skills.skill_words()
    monkeypatch.undo()
    skills.skills.cache_clear(), skills.skill_words.cache_clear()


@pytest.mark.parametrize(
    ("text", "code", "trade", "occupation"),
    [
        ("搬家师傅", "house_moving", "moving", "4-02-05-01"),
        ("刮腻子", "putty_scraping", "plasterer", "6-29-04-01"),
        ("水电", "electrician", "electrician", "6-31-01-03"),
        ("banyungong", "moving", "moving", "4-02-05-01"),
        ("ban yun gong", "moving", "moving", "4-02-05-01"),
        ("shuidian", "electrician", "electrician", "6-31-01-03"),
        ("电汗工", "welder", "welder", "6-18-02-04"),
        ("電銲工", "welder", "welder", "6-18-02-04"),
        ("小时工保洁", "cleaning", "cleaning", "4-09-08-01"),
        ("仓库分拣员(夜班)", "parcel_sorting", "parcel_sorting", "4-02-07-09"),
        ("急招快递员包吃住", "courier", "courier", "4-02-07-08"),
        ("汽车饰件制造", "6-22-01-02", None, "6-22-01-02"),
    ],
)
def test_a_title_leads_to_skill_trade_and_occupation(
    text: str, code: str, trade: str | None, occupation: str | None
) -> None:
    """Popular words, pinyin, homophones, traditional characters, conditions around the name."""
    best = naming.crafts_of(text, 1)[0]
    assert (best.code, best.trade, best.occupation) == (code, trade, occupation)


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("会刮腻子、贴瓷砖,也能开叉车", ["putty_scraping", "tiler", "forklift"]),
        ("住家阿姨会做饭", ["live_in_helper", "home_cooking"]),
        ("水电", ["electrician"]),
        ("我会电焊,不会开叉车", ["welder"]),
        ("你好,今天天气不错", []),
    ],
)
def test_the_skills_of_a_sentence(sentence: str, codes: list[str]) -> None:
    """All of them, in order; none that is taken back."""
    assert [craft.code for craft in naming.crafts_in(sentence)] == codes


def test_nine_of_ten_labelled_titles_are_named_and_other_texts_are_not() -> None:
    """Both halves of our list: the one that was tuned on and the one that was not."""
    for tuned in (True, False):
        titles = [title for title in LABELLED["titles"] if title["tuned"] is tuned]
        found = naming.crafts_of_all([title["text"] for title in titles])
        right = [bool(best) and best[0].code in title["skills"] for title, best in zip(titles, found, strict=True)]
        assert sum(right) >= 0.93 * len(titles)
    others = [row["text"] for row in LABELLED["not_trades"]]
    wrong = [text for text, best in zip(others, naming.crafts_of_all(others), strict=True) if best]
    assert len(wrong) <= 0.02 * len(others), wrong


def test_every_word_of_the_catalogue_names_its_owner() -> None:
    """Each alias by itself is named exactly."""
    words = {word: skill.code for skill in skills.skills().values() for word in skill.words if len(fold(word)) > 1}
    found = naming.crafts_of_all(list(words))
    assert [word for word, best in zip(words, found, strict=True) if not best or best[0].code != words[word]] == []


def test_words_of_a_worker_become_a_trade_only_when_sure() -> None:
    """Popular words and slips of the pen do; what no trade knows stays as it was said."""
    assert craft_of("刮腻子").trade == "plasterer"
    assert craft_of("二保焊师傅").trade == "welder"
    assert craft_of("吹糖人").trade is None
    assert craft_of("吹糖人").name == "吹糖人"
