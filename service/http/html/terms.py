"""The terms of a posting on paper: every line of them in the reader's words, without codes and without points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from service.http.html import words
from service.i18n import clock_of, render, said_minutes, said_month
from service.injury import said_injury
from service.reference.catalogue import enums
from service.worktime import SHANGHAI

Line = tuple[str, str]


def said_terms(terms: Mapping[str, Any], language: str) -> list[Line]:
    """Labels and what is said under them; what the terms leave open is left out."""
    teller = _Teller(language)
    parts = {
        "work": teller.work,
        "place": teller.place,
        "time": teller.time,
        "pay": teller.pay,
        "conditions": teller.conditions,
        "asks": teller.asks,
    }
    found = (line for name, part in parts.items() for line in part(terms.get(name) or {}))
    return [(render(f"terms.{label}", language), text) for label, text in found if text]


def said_moment(value: datetime | str, language: str) -> str:
    """Day with its year and time of day, as evidence needs them."""
    moment = _moment(value)
    return render("terms.moment", language, date=_date(moment, language), clock=clock_of(moment))


def said_on(value: date | str, language: str) -> str:
    """A day with its year."""
    day = value if isinstance(value, date) else date.fromisoformat(value)
    return _date(day, language)


def said_stretch(start: datetime | str, end: datetime | str, language: str) -> str:
    """From when to when, with the year."""
    first, last = _moment(start), _moment(end)
    key = "said.from_to" if first.date() == last.date() else "said.over_midnight"
    day = _date(first, language)
    return render(key, language, day=day, start=clock_of(first), end=clock_of(last))


def _date(day: date, language: str) -> str:
    return render("terms.date", language, year=day.year, month=said_month(day.month, language), day=day.day)


def _moment(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(SHANGHAI)


class _Teller:
    def __init__(self, language: str):
        self.language = language

    def say(self, key: str, **facts: Any) -> str:
        return render(f"terms.{key}", self.language, **facts)

    def code(self, kind: str, code: Any) -> str:
        return words.said_code(kind, code, self.language) if code is not None else ""

    def listed(self, parts: Iterable[str]) -> str:
        return words.listed([part for part in parts if part], self.language)

    def days(self, days: Iterable[int] | None) -> str:
        names = list(enums()["weekday"])
        named = self.listed(self.code("weekday", names[day]) for day in sorted(days or ()))
        return render("job.every_week", self.language, days=named) if named else ""

    def work(self, work: Mapping[str, Any]) -> Iterator[Line]:
        yield "title", work.get("title") or ""
        yield "trade", words.said_trade(work["trade"], self.language) if work.get("trade") else ""
        yield "job_kind", self.code("job_kind", work.get("job_kind"))
        yield "work_mode", self.code("work_mode", work.get("work_mode"))
        if work.get("headcount"):
            yield "headcount", render("job.headcount", self.language, count=work["headcount"])
        yield "description", work.get("description") or ""

    def place(self, place: Mapping[str, Any]) -> Iterator[Line]:
        around = (place.get("city_code") or "", place.get("district_code"))
        near = words.said_place(*around, self.language) if around[0] else ""
        parts = [place.get("address") or "", near] if self.language == "en" else [near, place.get("address") or ""]
        yield "place", (", " if self.language == "en" else " ").join(part for part in parts if part)
        pickup = place.get("pickup")
        if pickup:
            yield "pickup", self.listed([
                pickup.get("address") or "",
                self.say("leaves_at", clock=pickup["leaves_at"]) if pickup.get("leaves_at") else "",
                self.say("seats", count=pickup["seats"]) if pickup.get("seats") else "",
                self.say("way_back") if pickup.get("way_back") else "",
            ])  # fmt: skip

    def time(self, time: Mapping[str, Any]) -> Iterator[Line]:
        series, pattern = time.get("series") or {}, time.get("pattern") or {}
        yield "time", self.listed(self._shift(shift) for shift in series.get("shifts") or ())
        if series.get("starts_at"):
            yield "time", self._shift(series)
            yield "repeats", self._repeats(series)
        if pattern:
            yield "time", self.listed(self._slot(slot) for slot in pattern.get("slots") or ())
            yield "days", self.days(pattern.get("weekdays")) or render("job.days_agreed", self.language)
            yield "least", self._least(pattern)
            yield "window", self._window(pattern.get("flexible_window") or {})
        yield "lasts", self._lasts(pattern or series)
        yield "exceptions", self.listed(self._exception(each) for each in (pattern or series).get("exceptions") or ())
        if time.get("break_minutes"):
            yield "break", said_minutes(time["break_minutes"], self.language)

    def _shift(self, shift: Mapping[str, Any]) -> str:
        more = [
            render("job.headcount", self.language, count=shift["headcount"]) if shift.get("headcount") else "",
            self.say("with_break", minutes=said_minutes(shift["break_minutes"], self.language))
            if shift.get("break_minutes")
            else "",
        ]
        stretch = said_stretch(shift["starts_at"], shift["ends_at"], self.language)
        noted = self.listed(more)
        return self.say("noted", said=stretch, note=noted) if noted else stretch

    def _slot(self, slot: Mapping[str, Any]) -> str:
        hours = f"{slot['start']}–{slot['end']}"
        days = self.days(slot.get("weekdays"))
        return self.say("noted", said=hours, note=days) if days else hours

    def _repeats(self, series: Mapping[str, Any]) -> str:
        every = series.get("every_weeks") or 1
        return self.listed([
            self.days(series.get("weekdays")),
            self.say("every_weeks", count=every) if every > 1 else "",
            self.say("times", count=series["count"]) if series.get("count") else "",
        ])  # fmt: skip

    def _least(self, pattern: Mapping[str, Any]) -> str:
        least, most = pattern.get("min_days_per_week"), pattern.get("max_days_per_week")
        minutes, months = pattern.get("min_minutes_per_day"), pattern.get("min_months")
        return self.listed([
            self.say("least_days", count=least) if least else "",
            self.say("most_days", count=most) if most else "",
            self.say("least_a_day", minutes=said_minutes(minutes, self.language)) if minutes else "",
            self.say("least_months", count=months) if months else "",
        ])  # fmt: skip

    def _window(self, window: Mapping[str, Any]) -> str:
        sides = ("start", "end")
        return self.listed(
            self.say(f"window_{side}", start=window.get(f"{side}_from") or "…", end=window.get(f"{side}_to") or "…")
            for side in sides
            if window.get(f"{side}_from") or window.get(f"{side}_to")
        )

    def _lasts(self, plan: Mapping[str, Any]) -> str:
        first, last = plan.get("from") or plan.get("first_day"), plan.get("until") or plan.get("last_day")
        return self.listed([
            self.say("from_day", day=said_on(first, self.language)) if first else "",
            self.say("until_day", day=said_on(last, self.language)) if last else "",
        ])  # fmt: skip

    def _exception(self, each: Mapping[str, Any]) -> str:
        hours = f" {each['start']}–{each['end']}" if each.get("start") and each.get("end") else ""
        return self.say(f"exception.{each['kind']}", day=said_on(each["day"], self.language)) + hours

    def pay(self, pay: Mapping[str, Any]) -> Iterator[Line]:
        if pay.get("amount_fen") is not None:
            yield "pay", words.said_pay(pay, self.language)
        yield (
            "tiers",
            self.listed(
                self.say(
                    "tier",
                    minutes=said_minutes(tier["from_minutes"], self.language),
                    amount=words.yuan(tier["rate_fen"]),
                )
                for tier in pay.get("tiers") or ()
            ),
        )
        yield "settlement", self.code("settlement", pay.get("settlement"))
        yield "note", pay.get("note") or ""
        if pay.get("call_off_fen"):
            yield "call_off", self.say("yuan", amount=words.yuan(pay["call_off_fen"]))

    def conditions(self, conditions: Mapping[str, Any]) -> Iterator[Line]:
        for name in ("meals", "lodging", "travel", "injury_cover"):
            yield name, self.code(name, conditions.get(name))
        yield "bring", self.listed(self.code("bring_item", code) for code in conditions.get("bring") or ())
        if conditions.get("outdoor") is not None:
            yield "outdoor", self.say("outdoors" if conditions["outdoor"] else "indoors")
        yield "insurance", conditions.get("insurance") or ""
        if conditions.get("insurance_policy"):
            yield "injury", said_injury(conditions, None, self.language)
        if conditions.get("units_per_hour"):
            yield "units", self.say("units_per_hour", count=conditions["units_per_hour"])

    def asks(self, asks: Mapping[str, Any]) -> Iterator[Line]:
        yield (
            "certificates",
            self.listed(words.said_certificate(code, self.language) for code in asks.get("certificates") or ()),
        )
        yield "skills", self.listed(self._skill(skill) for skill in asks.get("skills") or ())
        if asks.get("adult_only"):
            yield "adult_only", self.say("adults")
        if asks.get("min_age"):
            yield "age", render("job.age_from", self.language, least=asks["min_age"])

    def _skill(self, skill: Mapping[str, Any]) -> str:
        level = skill.get("min_level") or 0
        names = list(enums()["skill_level"])
        notes = [
            self.code("skill_level", names[level]) if level else "",
            self.say("wished") if skill.get("wished") else "",
        ]
        name, noted = words.said_trade(skill["trade"], self.language), self.listed(notes)
        return self.say("noted", said=name, note=noted) if noted else name
