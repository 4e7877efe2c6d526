"""English sentences: common forms are read like Chinese ones, and every field is traced to the words as written."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.postings.sentence import read_sentence
from service.postings.sentence.english import put
from service.reference.catalogue import trade_words
from service.worktime import SHANGHAI

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)  # a Friday
COMPLETE = [
    ("two dishwashers tonight 5 to 10:30, 25 an hour, meals",
     ("dishwashing", 2, "2026-11-20T17:00", "2026-11-20T22:30", 2500, "hour")),
    ("We need 3 cleaners tomorrow from 9 to 5, 200 yuan per day, paid daily",
     ("cleaning", 3, "2026-11-21T09:00", "2026-11-21T17:00", 20000, "day")),
    ("need 2 people to wash dishes tomorrow night 5 pm to 10:30 pm for 25/hour",
     ("dishwashing", 2, "2026-11-21T17:00", "2026-11-21T22:30", 2500, "hour")),
    ("2 movers next monday 8 to 12, 30 to 35 an hour, no meals",
     ("moving", 2, "2026-11-23T08:00", "2026-11-23T12:00", 3000, "hour")),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), COMPLETE)
def test_common_english_forms_are_read_whole(sentence: str, expected: tuple[object, ...]) -> None:
    """Work, people, hours and pay; only the place is left, which an employer's site gives."""
    reading = read_sentence(sentence, NOW, trade_words())
    found = reading.fields
    assert found.starts_at is not None
    assert found.ends_at is not None
    times = tuple(moment.strftime("%Y-%m-%dT%H:%M") for moment in (found.starts_at, found.ends_at))
    assert (found.trade, found.headcount, *times, found.pay_fen, found.pay_unit) == expected
    assert (reading.missing, reading.leftovers) == (("place",), ())


def test_fields_are_traced_to_the_english_words() -> None:
    """Positions and words are those of the sentence as it was written."""
    sentence = COMPLETE[0][0]
    spans = {span.field: span for span in read_sentence(sentence, NOW, trade_words()).spans}
    assert {name: spans[name].text for name in ("trade", "date", "meals")} == {
        "trade": "dishwashers", "date": "tonight", "meals": "meals",
    }  # fmt: skip
    assert all(sentence[span.start : span.end] == span.text for span in spans.values())


def test_what_is_not_known_is_left_over_as_written() -> None:
    """Nothing is guessed from words that the table does not hold."""
    reading = read_sentence("juggling tomorrow 9 to 5", NOW, trade_words())
    assert "juggling" in reading.leftovers
    assert {"trade", "headcount", "pay"} <= set(reading.missing)


def test_a_sentence_with_chinese_in_it_is_read_as_it_stands() -> None:
    """Only wholly foreign sentences are put into known words."""
    assert put("OK 今晚5点到10点半洗碗两个25一小时管饭") is None
    assert put("12345") is None


@given(st.text(alphabet="abdeghimnoprstuwy 0123456789:,/-ampm", max_size=60))
def test_no_text_breaks_the_way_back(text: str) -> None:
    """Each character of what is read leads back into what was written, and reading never fails."""
    made = put(text)
    if made is not None:
        assert len(made.origin) == len(made.text)
        assert all(0 <= start <= end <= len(text) for start, end in made.origin)
    reading = read_sentence(text, NOW, trade_words())
    assert all(text[span.start : span.end] == span.text for span in reading.spans)
