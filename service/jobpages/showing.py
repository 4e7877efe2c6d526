"""A public posting in words: the same labelled lines for the page, its print and its JSON-LD description."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from service.http.html import words
from service.i18n import render
from service.identity_numbers import ADULT_AGE, INTRODUCTION_AGE
from service.jobpages.rules import Named
from service.reference.catalogue import enums

if TYPE_CHECKING:
    from service.jobpages.usecases import JobView

NOTHING = {"meals": "none", "lodging": "none", "travel": "none"}


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what is said under it, one or several lines."""

    label: str
    said: Sequence[str]


@dataclass(frozen=True, slots=True)
class Teller:
    """Says things in one language."""

    language: str

    def say(self, key: str, **facts: Any) -> str:
        """A sentence of these pages."""
        return render(f"job.{key}", self.language, **facts)

    def lines(self, job: JobView) -> list[Line]:
        """Everything worth knowing about a posting, line by line; what does not apply is left out."""
        posting = job.posting
        found = (
            ("work", [words.said_trade(posting["trade"], self.language)]),
            ("time", self._time(job)),
            ("place", self._place(posting)),
            ("people", [self._people(job)]),
            ("settled", [words.said_code("settlement", posting["pay"]["settlement"], self.language)]),
            ("pay_note", [posting["pay"]["note"]]),
            ("going", [self._going(job)]),
            ("included", [self._included(posting["conditions"])]),
            ("injury", [posting["injury"]]),
            ("bring", [self._named("bring_item", posting["conditions"]["bring"])]),
            ("papers", [self._papers(posting["certificates"])]),
            ("age", [self._age(posting)]),
            ("employer", [self._employer(posting["employer"])]),
            ("payment", [posting["employer"]["payment_record"]["message"]]),
            ("until", [words.said_date(posting["valid_until"], self.language)]),
        )
        kept = ((name, [text for text in said if text]) for name, said in found)
        return [Line(self.say(name), said) for name, said in kept if said]

    def _people(self, job: JobView) -> str:
        said = [self.say("headcount", count=job.posting["headcount"])]
        if job.wanted:
            said.append(render("zone.seats", self.language, count=job.wanted))
        return words.listed(said, self.language)

    def _going(self, job: JobView) -> str | None:
        if job.going is None:
            return None
        unit = {"hour": "hour", "day": "day", "task": "fixed"}[job.going.unit]
        pay = {"amount_fen": job.going.p25_fen, "most_fen": job.going.p75_fen, "unit": unit}
        return words.said_pay(pay, self.language)

    def _time(self, job: JobView) -> list[str]:
        pattern = job.posting["time"]["pattern"]
        said = [words.said_span(start, end, self.language) for start, end, _ in job.shifts]
        return (self._pattern(pattern) if pattern else []) + said

    def _pattern(self, pattern: Mapping[str, Any]) -> list[str]:
        slots = [f"{slot['start']}–{slot['end']}" for slot in pattern.get("slots") or ()]
        days = pattern.get("weekdays")
        named = self.say("every_week", days=self._days(days)) if days else None
        return [text for text in (named or self.say("days_agreed"), words.listed(slots, self.language)) if text]

    def _days(self, days: Iterable[int]) -> str:
        names = list(enums()["weekday"])
        return self._named("weekday", [names[day] for day in sorted(days)])

    def _place(self, posting: Mapping[str, Any]) -> list[str]:
        place = posting["place"]
        if posting["work_mode"] == "remote":
            return [self.say("anywhere")]
        near = words.said_place(place["city_code"], place["district_code"], self.language)
        if posting["work_mode"] == "home_based":
            return [self.say("at_home", place=near)]
        return [near, place["address"] or self.say("address_later")]

    def _included(self, conditions: Mapping[str, Any]) -> str:
        kept = [(name, conditions[name]) for name, none in NOTHING.items() if conditions[name] not in (None, none)]
        return words.listed([words.said_code(name, code, self.language) for name, code in kept], self.language)

    def _named(self, kind: str, codes: Iterable[str] | None) -> str:
        return words.listed([words.said_code(kind, code, self.language) for code in codes or ()], self.language)

    def _papers(self, codes: Iterable[str]) -> str:
        return words.listed([words.said_certificate(code, self.language) for code in codes], self.language)

    def _age(self, posting: Mapping[str, Any]) -> str | None:
        least = max(ADULT_AGE if posting["adult_only"] else INTRODUCTION_AGE, posting["min_age"] or 0)
        return self.say("age_from", least=least)

    def _employer(self, employer: Mapping[str, Any]) -> str:
        kind = words.said_code("employer_kind", employer["kind"], self.language)
        checked = self.say("verified") if employer["verified"] else None
        return words.listed([text for text in (employer["name"], kind, checked) if text], self.language)


def named(job: JobView, lines: Sequence[Line], url: str, language: str) -> Named:
    """What the posting's codes are called, for its JSON-LD."""
    place = job.posting["place"]
    province = words.said_region(words.province_of(place["city_code"]), language)
    whole = words.is_municipality(place["city_code"])
    locality = words.said_place(place["city_code"], place["district_code"], language)
    city = words.said_region(place["city_code"], language)
    country = render("said.country", language)
    around = [country, None if whole else province, city]
    area = ", ".join(filter(None, reversed(around))) if language == "en" else "".join(filter(None, around))
    return Named(url, description(job.posting, lines, language), country, province, locality, area)


def description(posting: Mapping[str, Any], lines: Sequence[Line], language: str) -> str:
    """HTML as search engines take it: paragraphs and a list, everything escaped."""
    told = [part for part in (posting["description"] or "").split("\n") if part.strip()]
    first = f"{posting['title']}: {words.said_pay(posting['pay'], language)}"
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in (first, *told))
    listed = (f"<li>{escape(line.label)}: {escape(words.listed(list(line.said), language))}</li>" for line in lines)
    return f"{paragraphs}<ul>{''.join(listed)}</ul>"


@dataclass(frozen=True, slots=True)
class Entry:
    """A posting as one line of a list."""

    path: str
    title: str
    pay: str
    where: str
    when: str


def entry(row: Mapping[str, Any], language: str) -> Entry:
    """A row of the newest postings in words."""
    starts: datetime | None = row["starts_at"]
    when = words.said_span(starts, row["ends_at"], language) if starts else render("job.days_agreed", language)
    far = row["work_mode"] == "remote"
    where = words.said_place(row["city_code"], row["district_code"], language)
    anywhere = render("job.anywhere", language)
    return Entry(f"/jobs/{row['id']}", row["title"], words.said_pay(row, language), anywhere if far else where, when)
