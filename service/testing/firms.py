"""Employers of an invented city: all kinds, most of them verified, with sites, members, regulars and blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from service.actor import Actor
from service.employers.rules import needs_verification, recheck_at, reminders
from service.employers.tables import EmployerRow, MemberRow, PoolMemberRow, SiteRow
from service.employers.usecases.doors import seal_contact
from service.identity_numbers import synthetic_credit_code
from service.reference.catalogue import working_days_after
from service.testing.maker import Maker, Spot, spot, weighted
from service.testing.people import MEMBER_PREFIX, Hand, make_person, phone_of
from service.testing.rows import Step
from service.testing.signins import Signin
from service.text import fold
from service.workers.tables import BlockRow
from service.worktime import at_local, local_day

KINDS = {"enterprise": 45, "sole_trader": 30, "public_body": 8, "household": 12, "hr_agency": 5}
FIRST_KINDS = ("enterprise", "sole_trader", "household", "hr_agency", "enterprise", "public_body")
UNVERIFIED = 1  # the second employer still waits for its officer
MEMBERS_EACH = 3
RECHECK = "employer.recheck"
SEEDS_APART = 100_003  # credit codes of two seeds differ: no seed has more employers than that


@dataclass(slots=True)
class Firm:
    """What the rest of the generator needs to know of an employer."""

    id: UUID
    kind: str
    name: str
    city_code: str
    site_id: UUID
    spot: Spot
    verified: bool
    waits: bool  # for its officer, and its postings with it
    owner: Actor
    row: dict[str, Any]
    marks: list[dict[str, Any]]
    due_times: set[datetime] = field(default_factory=set)  # of pay that is not due yet


def make_firm(maker: Maker, n: int) -> Firm:
    """The n-th employer."""
    chance, city = maker.chance("employer", n), maker.city_of(n)
    kind = FIRST_KINDS[n] if n < len(FIRST_KINDS) else weighted(chance, KINDS)
    where = spot(chance, city, maker.words)
    maker.shops.setdefault(city, where)
    owner_id = _members(maker, n, city, chance)
    verified = n != UNVERIFIED and needs_verification(kind)
    waits = n == UNVERIFIED
    row = _employer(maker, n, kind, where, chance, verified=verified, waits=waits)
    site_id = _site(maker, n, where, row, chance)
    owner = Actor("member", owner_id)
    return Firm(row["id"], kind, row["name"], city, site_id, where, verified, waits, owner, row, [])


def _employer(
    maker: Maker, n: int, kind: str, where: Spot, chance: Random, *, verified: bool, waits: bool
) -> dict[str, Any]:
    at = maker.past(chance, 0, 1) if waits else maker.past(chance, 40, 90)
    done = at + timedelta(hours=chance.randint(1, 40))
    officer = Actor("officer", maker.officers[where.city_code])
    steps = [Step("apply", "applied", at), *([Step("verify", "verified", done, officer)] if verified else [])]
    policy = maker.ctx.policies.at(maker.now, where.city_code).access
    recheck = recheck_at(done, policy.employer_verification_months)
    answer = at_local(working_days_after(local_day(at), policy.employer_verification_working_days), 1440)
    shops = maker.words.shops[kind]
    name = chance.choice(shops.brands) + chance.choice(shops.kinds)
    employer_id = maker.book.id("employer", n)
    contact = {"contact_name": name, "contact_phone": phone_of(maker, MEMBER_PREFIX, n * MEMBERS_EACH)}
    row = maker.book.keep(
        EmployerRow,
        employer_id,
        *steps,
        kind=kind,
        name=name,
        name_folded=fold(name),
        credit_code=None
        if kind == "household"
        else synthetic_credit_code((maker.number * SEEDS_APART + n) % 10_000_000),
        licence_number=f"19{n:08d}" if kind == "hr_agency" else None,
        city_code=where.city_code,
        district_code=where.district_code,
        address=where.address,
        answer_by=answer if waits else None,
        verified_at=done if verified else None,
        verified_by=officer.id if verified else None,
        recheck_at=recheck if verified else None,
        **seal_contact(maker.ctx, contact),
    )
    if verified:
        for days, moment in reminders(recheck, maker.now):
            maker.book.due(RECHECK, employer_id, moment, now=maker.now, occurrence=f"remind:{days}")
        maker.book.due(RECHECK, employer_id, recheck, now=maker.now, occurrence="lapse")
    return row


def _site(maker: Maker, n: int, where: Spot, employer: dict[str, Any], chance: Random) -> UUID:
    site_id = maker.book.id("site", n)
    maker.book.keep(
        SiteRow,
        site_id,
        Step("create", None, employer["created_at"]),
        employer_id=employer["id"],
        name=chance.choice(maker.words.site_names),
        city_code=where.city_code,
        district_code=where.district_code,
        address=where.address,
        lon=where.lon,
        lat=where.lat,
        sent_datum="wgs84",
    )
    return site_id


def _members(maker: Maker, n: int, city: str, chance: Random) -> UUID:
    """An owner, in larger houses also a manager and a clerk; the owner's person."""
    at = maker.past(chance, 91, 100)
    people = MEMBERS_EACH if n % 4 == 0 else 1
    for index, role in enumerate(("owner", "manager", "clerk")[:people]):
        which = n * MEMBERS_EACH + index
        phone = phone_of(maker, MEMBER_PREFIX, which)
        person, _ = make_person(
            maker, "member", which, phone=phone, city=city, at=at, by=Actor("system", None), numbered=False
        )
        maker.book.keep(
            MemberRow,
            maker.book.id("membership", n, role),
            Step("create", None, at + timedelta(minutes=1)),
            employer_id=maker.book.id("employer", n),
            person_id=person["id"],
            role=role,
        )
    return maker.book.id("member", n * MEMBERS_EACH)


def make_ties(maker: Maker, firms: Sequence[Firm], hands: Sequence[Hand]) -> None:
    """老熟人 of some employers, and a few who do not want each other, from either side."""
    for n, firm in enumerate(firms):
        chance = maker.chance("ties", n)
        near = [hand for hand in hands if hand.city_code == firm.city_code]
        for hand in chance.sample(near, min(len(near), chance.choice((0, 0, 2, 4)))):
            maker.book.keep(
                PoolMemberRow,
                maker.book.id("pool", n, hand.id),
                Step("add", None, maker.now - timedelta(days=3), firm.owner),
                employer_id=firm.id,
                worker_id=hand.id,
                auto_accept=chance.random() < 0.5,
            )
        near = [hand for hand in near if not hand.guide]  # the printed workers and employers get on with each other
        if near and chance.random() < 0.2:
            hand, side = chance.choice(near), chance.choice(("worker", "employer"))
            by = firm.owner if side == "employer" else Actor("worker", hand.id)
            maker.book.keep(
                BlockRow,
                maker.book.id("block", n),
                Step("create", None, maker.now - timedelta(days=2), by),
                employer_id=firm.id,
                worker_id=hand.id,
                set_by=side,
            )


def firm_signins(maker: Maker, present: int) -> list[Signin]:
    """The owner of one employer of each kind, with a manager and a clerk of the first."""
    found = []
    seen = [(n, "owner", kind) for n, kind in enumerate(FIRST_KINDS)]
    for n, role, kind in [seen[0], (0, "manager", "enterprise"), (0, "clerk", "enterprise"), *seen[1:]]:
        if n >= present:
            continue
        index = n * MEMBERS_EACH + ("owner", "manager", "clerk").index(role)
        what = f"{role}, {kind}" + (", not verified yet" if n == UNVERIFIED else "")
        found.append(
            Signin(
                "member",
                what,
                maker.city_of(n),
                str(maker.book.id("member", index)),
                phone=phone_of(maker, MEMBER_PREFIX, index),
                employer_id=str(maker.book.id("employer", n)),
            )
        )
    return found
