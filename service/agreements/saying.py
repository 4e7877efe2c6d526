"""Facts as an agreement says them: in Chinese, as agreements are, by what the end of a fact's name measures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from service.agreements.rules.labour import ContractTerm, Probation
from service.agreements.rules.lawful import INTERVAL_OF, Stretch
from service.http.html.terms import said_moment, said_on, said_terms
from service.http.html.words import said_code, said_pay
from service.i18n import DEFAULT, clock_of, render, said_minutes
from service.injury import COVER_OF, bearer, said_policy
from service.money import format_yuan
from service.worktime import local_day

if TYPE_CHECKING:
    from service.employers.tables import EmployerRow
    from service.engagements.tables import EngagementRow
    from service.postings.tables import PostingRow
    from service.shifts.tables import ShiftRow

# Who bears an injury, by what is said of it before the yes: never another than that.
BEARERS = dict.fromkeys(("project", "work_injury", "work_injury_policy"), "insured") | dict.fromkeys(
    ("household", "household_told", "household_policy"), "household"
)


def said_facts(facts: Mapping[str, Any]) -> dict[str, str]:
    """Each fact as text; what is None or empty is left out."""
    said = {name: said_fact(name, value) for name, value in facts.items() if value is not None}
    return {name: text for name, text in said.items() if text}


def said_fact(name: str, value: Any) -> str:
    """One: moments, days, yuan and lengths of time as people read them, lists as words in a row."""
    if isinstance(value, datetime):
        return said_moment(value, DEFAULT)
    if isinstance(value, date):
        return said_on(value, DEFAULT)
    if isinstance(value, bool):
        return render("agreement.yes" if value else "agreement.no", DEFAULT)
    if isinstance(value, int):
        if name.endswith("_fen"):
            return render("agreement.yuan", DEFAULT, amount=format_yuan(value).removesuffix(".00"))
        return said_minutes(value, DEFAULT) if name.endswith("_minutes") else str(value)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, ContractTerm):
        return _said_term(value)
    if isinstance(value, Probation):
        return _said_probation(value)
    return render("said.separator", DEFAULT).join(said_fact(name, each) for each in value)


def _said_term(term: ContractTerm) -> str:
    starts_on = said_on(term.starts_on, DEFAULT)
    ends_on = said_on(term.ends_on, DEFAULT) if term.ends_on else ""
    return render(f"agreement.term.{term.kind}", DEFAULT, starts_on=starts_on, ends_on=ends_on, task=term.task or "")


def _said_probation(probation: Probation) -> str:
    if not probation.months:
        return render("agreement.probation.none", DEFAULT)
    facts = {"months": probation.months, "percent": probation.pay_percent}
    return render("agreement.probation.some", DEFAULT, **facts)


def facts_of_seat(
    seat: EngagementRow, shift: ShiftRow, posting: PostingRow, employer: EmployerRow, terms: Mapping[str, Any]
) -> dict[str, Any]:
    """What a seat's own data say: who hires, what, where, when, for how much, paid when, which cover."""
    lines: dict[str, str] = dict(said_terms(terms, DEFAULT))
    pay, conditions = terms.get("pay") or {}, terms.get("conditions") or {}
    work = terms.get("work") or {}
    times = terms.get("time") or {}
    breaks = shift.break_minutes or times.get("break_minutes") or 0
    days_a_week = _days_a_week(times.get("pattern") or {})
    days = lines.get(render("terms.days", DEFAULT)) if days_a_week else None
    return {
        "employer_name": employer.name,
        "employer_number": employer.credit_code,
        "employer_address": employer.address,
        "work_content": render("said.separator", DEFAULT).join(
            each for each in (work.get("title") or posting.title, work.get("description")) if each
        ),
        "work_place": lines.get(render("terms.place", DEFAULT)) or posting.address,
        "working_hours": said_hours(Stretch(seat.starts_at, seat.ends_at, breaks), days),
        "starts_at": seat.starts_at,
        "ends_at": seat.ends_at,
        "work_days": days,
        "days_a_week": days_a_week,
        "break_minutes": breaks,
        "pay": said_pay(pay, DEFAULT) if pay.get("amount_fen") else _pay_of(posting),
        "pay_interval_days": INTERVAL_OF.get(pay.get("settlement") or posting.settlement),
        "settlement": said_code("settlement", pay.get("settlement") or posting.settlement, DEFAULT),
        "injury_insurance": said_cover(conditions),
        "injury_bearer": render(f"agreement.bearer.{BEARERS.get(bearer(conditions, employer.kind), 'firm')}", DEFAULT),
    }


def _days_a_week(pattern: Mapping[str, Any]) -> int | None:
    """How many days of each week a pattern works; None where it leaves that open."""
    is_open = pattern.get("min_days_per_week") or pattern.get("max_days_per_week")
    return None if is_open else len(pattern.get("weekdays") or ()) or None


def said_hours(work: Stretch, days: str | None = None) -> str:
    """The hours of each day of work as a regular pattern; `days`: on which ones, where the terms say so."""
    over = local_day(work.ends_at) > local_day(work.starts_at)
    clocks = {"start": clock_of(work.starts_at), "end": clock_of(work.ends_at)}
    said = render(f"agreement.hours.{'over_midnight' if over else 'daily'}", DEFAULT, **clocks)
    if work.break_minutes:
        said += render("agreement.hours.break", DEFAULT, minutes=said_minutes(work.break_minutes, DEFAULT))
    return render("agreement.hours.on_days", DEFAULT, days=days, hours=said) if days else said


def said_cover(conditions: Mapping[str, Any]) -> str:
    """The cover that is recorded; where its policy is, the policy alone, which has its own kind."""
    cover, policy = conditions.get("injury_cover"), conditions.get("insurance_policy")
    unsaid = cover in (None, "none") or (policy is not None and COVER_OF.get(policy["kind"], "commercial") == cover)
    return render("said.separator", DEFAULT).join(
        each
        for each in (
            None if unsaid else said_code("injury_cover", str(cover), DEFAULT),
            conditions.get("insurance"),
            said_policy(policy, DEFAULT) if policy else None,
        )
        if each
    )


def _pay_of(posting: PostingRow) -> str:
    columns = {
        "amount_fen": posting.pay_fen, "most_fen": posting.pay_most_fen, "unit": posting.pay_unit,
        "unit_label": posting.pay_unit_label,
    }  # fmt: skip
    return said_pay(columns, DEFAULT)
