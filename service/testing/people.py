"""People of an invented city: sealed identities, skills by how common trades are, papers, free hours, 等活."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from service.actor import Actor
from service.identity_numbers import SYNTHETIC_REGION, adult_from, introducible_from, synthetic_resident_id
from service.people.consents import text_on
from service.people.tables import ConsentRow, PersonRow
from service.reference.catalogue import certificates, trades
from service.testing.maker import NINGBO_EVERY, Maker, spot, weighted
from service.testing.rows import Step
from service.testing.signins import Signin
from service.workers.rules import default_until
from service.workers.tables import CertificateRow, SkillRow, WaitingRow, WorkerRow
from service.worktime import add_months

WORKER_PREFIX, MEMBER_PREFIX = "+86147", "+86145"  # data-card ranges: hardly anybody telephones there
WAITING_LAPSE = "waiting.lapse"
WAITS_EVERY, REST_EVERY, NO_PHONE_EVERY, SHARED_EVERY, TYPED_EVERY = 8, 41, 29, 37, 31
GUIDES = (0, 1, NINGBO_EVERY - 1)  # whose sign-ins are printed: they can play the story of the README by hand
GUIDE_TRADE = "dishwashing"
GUIDE_DEGREES = 0.004  # some 400 m from the first employer's door
RADII = {3_000: 2, 5_000: 3, 10_000: 8, 20_000: 3}
WEEKDAYS, EVERY_DAY = range(5), range(7)
HABITS: Mapping[str, tuple[int, tuple[tuple[Iterable[int], int, int], ...] | None]] = {
    "always": (30, ((EVERY_DAY, 0, 1440),)),
    "daytime": (22, ((EVERY_DAY, 420, 1140),)),
    "evenings": (14, ((EVERY_DAY, 990, 1410),)),
    "school_hours": (8, ((WEEKDAYS, 540, 900),)),
    "nights": (8, ((EVERY_DAY, 1200, 480),)),
    "mornings": (8, ((EVERY_DAY, 270, 750),)),
    "weekends": (5, (((5, 6), 0, 1440),)),
    "unknown": (5, None),
}


@dataclass(slots=True)
class Hand:
    """What the rest of the generator needs to know of a worker."""

    id: UUID
    city_code: str
    crafts: tuple[str, ...]
    papers: dict[str, tuple[date, date | None]]  # verified ones only
    introducible_from: date | None
    adult_from: date | None
    lon: float
    lat: float
    radius_m: int
    row: dict[str, Any]
    guide: bool = False
    busy: list[tuple[datetime, datetime]] = field(default_factory=list)
    part_time: set[tuple[UUID, date]] = field(default_factory=set)
    events: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Face:
    """Name, sex and birth date of a person, the same whenever they are asked for."""

    name: str = field(repr=False)
    sex: str
    birth: date


def face(maker: Maker, kind: str, n: int) -> Face:
    """The n-th person of a kind."""
    chance, words = maker.chance("face", kind, n), maker.words
    sex = chance.choice(("female", "male"))
    given = words.given_female if sex == "female" else words.given_male
    years = 16 + n % 3 if n % 97 == 11 else int(chance.triangular(18, 66, 51))
    birth = maker.today - timedelta(days=years * 365 + years // 4 + chance.randint(40, 360))
    return Face(chance.choice(words.surnames) + chance.choice(given), sex, birth)


def phone_of(maker: Maker, prefix: str, n: int) -> str:
    """The n-th invented number of this seed."""
    return f"{prefix}{maker.number % 100:02d}{n:06d}"


def make_person(
    maker: Maker, kind: str, n: int, *, phone: str | None, city: str, at: datetime, by: Actor, numbered: bool
) -> tuple[dict[str, Any], Face]:
    """A sealed person; with `numbered` the birth date stands in an identity number, else an officer has seen it."""
    vault, known = maker.ctx.vault, face(maker, kind, n)
    person_id = maker.book.id(kind, n)
    key = vault.new_data_key()

    def seal(column: str, value: str | None) -> bytes | None:
        return vault.seal_for(key, person_id.bytes, column, value) if value else None

    number = _number(maker.chance("number", kind, n), known) if numbered else None
    row = maker.book.keep(
        PersonRow,
        person_id,
        Step("create", "active", at, by),
        data_key=key,
        name_sealed=seal("name", known.name),
        id_number_sealed=seal("id_number", number),
        id_number_hash=vault.index("id_number", number) if number else None,
        id_kind="resident" if number else None,
        phone_sealed=seal("phone", phone),
        phone_hash=vault.index("phone", phone) if phone else None,
        phone_confirmed_at=at if phone else None,
        birth_date=known.birth,
        birth_date_basis="id_number" if number else "officer",
        sex=known.sex,
        city_code=city,
    )
    return row, known


def _number(chance: Random, known: Face) -> str:
    """A number nobody can have; its last digit but one is odd for men."""
    seq = chance.randrange(0, 1000, 2) + (known.sex == "male")
    return synthetic_resident_id(SYNTHETIC_REGION, known.birth, seq)


def make_hand(maker: Maker, n: int) -> Hand:
    """The n-th worker with skills, papers, hours, consents, and perhaps waiting today."""
    city, chance = maker.city_of(n), maker.chance("worker", n)
    officer = Actor("officer", maker.officers[city], "counter", maker.book.id("worker", n))
    at = maker.past(chance, 20, 180)
    shared = n % SHARED_EVERY == SHARED_EVERY - 1
    phone = None if n % NO_PHONE_EVERY == NO_PHONE_EVERY - 1 else phone_of(maker, WORKER_PREFIX, n - shared)
    typed = n % TYPED_EVERY == TYPED_EVERY - 1
    person, known = make_person(
        maker, "worker", n, phone=phone, city=city, at=at, by=officer,
        numbered=not typed and (n in GUIDES or chance.random() < 0.8),
    )  # fmt: skip
    if typed:
        person["birth_date_basis"] = "self_declared"
    hand = _profile(maker, n, city, known, at, officer, counted=not typed)
    _consents(maker, hand.id, at)
    _papers(maker, hand, chance, at, officer)
    if n % WAITS_EVERY == 1 and hand.introducible_from is not None:
        _wait(maker, n, hand, chance)
    return hand


def _profile(maker: Maker, n: int, city: str, known: Face, at: datetime, officer: Actor, *, counted: bool) -> Hand:
    chance = maker.chance("profile", n)
    home = spot(chance, city, maker.words)
    crafts = _crafts(maker, chance)
    if guide := n in GUIDES:
        shop = maker.shops.get(city, home)
        home = replace(shop, lon=shop.lon + GUIDE_DEGREES)
        crafts = tuple(dict.fromkeys((GUIDE_TRADE, *crafts)))
    pay = trades()[crafts[0]]
    wishes = chance.random() < 0.4
    resting = n % REST_EVERY == REST_EVERY - 1
    steps = [Step("register", "active", at, officer)]
    steps += [Step("rest", "resting", at + timedelta(days=10))] if resting else []
    row = maker.book.keep(
        WorkerRow,
        maker.book.id("worker", n),
        *steps,
        city_code=city,
        district_code=home.district_code,
        introducible_from=introducible_from(known.birth) if counted else None,
        adult_from=adult_from(known.birth) if counted else None,
        home_lon=round(home.lon, 3),
        home_lat=round(home.lat, 3),
        home_datum="wgs84",
        radius_m=max(RADII) if guide else weighted(chance, RADII),
        weekly=_windows("always") if guide else _weekly(chance),
        pay_wish_fen=pay.demo_pay_fen[0] if wishes else None,
        pay_wish_unit=pay.defaults.pay_unit if wishes else None,
        intro=chance.choice(maker.words.intros) if chance.random() < 0.3 else None,
    )
    for craft in crafts:
        seen = chance.random() < 0.5
        maker.book.keep(
            SkillRow,
            maker.book.id("skill", n, craft),
            Step("add", None, at, officer),
            worker_id=row["id"],
            trade=craft,
            name=craft,
            level=chance.choice((None, 1, 1, 2, 2, 3)),
            verified_at=at if seen else None,
            verified_by=officer.id if seen else None,
        )
    return Hand(
        row["id"], city, crafts, {}, row["introducible_from"], row["adult_from"], row["home_lon"], row["home_lat"],
        row["radius_m"], row, guide,
    )  # fmt: skip


def _crafts(maker: Maker, chance: Random) -> tuple[str, ...]:
    common = {code: demand.weight for code, demand in maker.words.trades.items()}
    return tuple(dict.fromkeys(weighted(chance, common) for _ in range(chance.choice((1, 2, 2, 3)))))


def _weekly(chance: Random) -> list[dict[str, int]] | None:
    return _windows(weighted(chance, {name: weight for name, (weight, _) in HABITS.items()}))


def _windows(habit: str) -> list[dict[str, int]] | None:
    windows = HABITS[habit][1]
    if windows is None:
        return None
    return [{"weekday": day, "start": start, "end": end} for days, start, end in windows for day in days]


def _consents(maker: Maker, person_id: UUID, at: datetime) -> None:
    for scope in ("account", "matching"):
        text = text_on(scope, maker.today)
        if text is not None:
            maker.book.keep(
                ConsentRow,
                maker.book.id("consent", person_id, scope),
                Step("create", None, at),
                person_id=person_id,
                scope=scope,
                text_version=text.version,
                channel="counter",
                given_at=at,
            )


def _papers(maker: Maker, hand: Hand, chance: Random, at: datetime, officer: Actor) -> None:
    """Most hold what their trades ask for; some have run out, some are not checked yet."""
    wanted = dict.fromkeys(kind for craft in hand.crafts for kind in trades()[craft].certificates)
    for kind in wanted:
        draw = 1.0 if hand.guide else chance.random()
        if draw < 0.1:
            continue
        months = certificates()[kind].validity_months or 120
        first = maker.today - timedelta(days=chance.randint(5, months * 20))
        last = add_months(first, months) - timedelta(days=1)
        if draw < 0.16:
            first, last = first - timedelta(days=months * 31), maker.today - timedelta(days=chance.randint(1, 60))
        checked = draw > 0.22
        maker.book.keep(
            CertificateRow,
            maker.book.id("paper", hand.id, kind),
            Step("add", None, at, officer),
            worker_id=hand.id,
            kind=kind,
            valid_from=first,
            valid_until=last,
            verified_at=at if checked else None,
            verified_by=officer.id if checked else None,
        )
        if checked and last >= maker.today:
            hand.papers[kind] = (first, last)


def _wait(maker: Maker, n: int, hand: Hand, chance: Random) -> None:
    """等活: in the market or at a corner, for the first trade or for anything."""
    at, waiting_id = maker.now - timedelta(minutes=chance.randint(5, 90)), maker.book.id("waiting", n)
    in_hall = chance.random() < 0.5
    corner = spot(chance, hand.city_code, maker.words)
    until = default_until(maker.now)
    maker.book.keep(
        WaitingRow,
        waiting_id,
        Step("start", "waiting", at, Actor("worker", hand.id)),
        worker_id=hand.id,
        city_code=corner.district_code,
        venue_id=maker.venues[hand.city_code] if in_hall else None,
        lon=None if in_hall else corner.lon,
        lat=None if in_hall else corner.lat,
        sent_datum=None if in_hall else "wgs84",
        trades=[hand.crafts[0]] if chance.random() < 0.5 else [],
        until=until,
    )
    maker.book.due(WAITING_LAPSE, waiting_id, until, now=maker.now)


def worker_signins(maker: Maker, present: int) -> list[Signin]:
    """An ordinary worker of each city, and one who waits for work today."""
    found = []
    for n, what in ((0, "worker"), (1, "waiting for work today"), (NINGBO_EVERY - 1, "worker")):
        if n < present:
            phone, city = phone_of(maker, WORKER_PREFIX, n), maker.city_of(n)
            found.append(Signin("worker", what, city, str(maker.book.id("worker", n)), phone=phone))
    return found
