"""Rows of a profile as views: masked, in clock times, with labels in the caller's language."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from service.workers.availability import clock
from service.workers.rules import missing_facts
from service.workers.trades import certificate_label, craft_label
from service.workers.views import (
    CertificateView,
    ExceptionView,
    PayWishView,
    PlaceView,
    SkillView,
    WaitingView,
    WindowView,
    WorkerView,
)
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import Uow
    from service.workers.tables import CertificateRow, SkillRow, WaitingRow, WorkerRow


async def worker_view(uow: Uow, worker: WorkerRow, *, in_full: bool) -> WorkerView:
    """The whole profile; `in_full` gives the name to its owner, nobody else."""
    await uow.flush()
    today = local_day(await uow.now())
    shown = await uow.workers.shown(worker.id, in_full=in_full)
    waiting = await uow.waitings.live(worker.id)
    language = uow.ctx.language
    return WorkerView(
        id=worker.id,
        version=worker.version,
        state=worker.state,
        name=shown.name,
        phone_masked=shown.phone_masked,
        id_number_masked=shown.id_number_masked,
        language=shown.language,
        introducible=worker.introducible_from is not None and today >= worker.introducible_from,
        adult=worker.adult_from is not None and today >= worker.adult_from,
        missing=_missing(worker, waiting, today),
        city_code=worker.city_code,
        district_code=worker.district_code,
        home=place_view(worker.home_lon, worker.home_lat, worker.home_datum),
        home_approximate=worker.home_approximate,
        radius_m=worker.radius_m,
        weekly=_weekly(worker),
        exceptions=_exceptions(worker),
        pay_wish=_pay_wish(worker),
        intro=worker.intro,
        skills=[skill_view(row, language) for row in await uow.workers.skills(worker.id)],
        certificates=[certificate_view(row, language, today) for row in await uow.workers.certificates(worker.id)],
        waiting=waiting_view(waiting) if waiting else None,
    )


def _missing(worker: WorkerRow, waiting: WaitingRow | None, today: date) -> tuple[str, ...]:
    return missing_facts(
        worker.introducible_from,
        today,
        has_home=worker.home_lon is not None,
        has_times=worker.weekly is not None,
        waits=waiting is not None,
    )


def place_view(lon: float | None, lat: float | None, datum: str | None) -> PlaceView | None:
    """A stored point, or nothing."""
    return PlaceView((lon, lat), datum or "wgs84") if lon is not None and lat is not None else None


def _weekly(worker: WorkerRow) -> list[WindowView] | None:
    if worker.weekly is None:
        return None
    return [WindowView(each["weekday"], clock(each["start"]), clock(each["end"])) for each in worker.weekly]


def _exceptions(worker: WorkerRow) -> list[ExceptionView]:
    return [
        ExceptionView(date.fromisoformat(each["day"]), clock(each["start"]), clock(each["end"]), each["free"])
        for each in worker.exceptions
    ]


def _pay_wish(worker: WorkerRow) -> PayWishView | None:
    if worker.pay_wish_fen is None or worker.pay_wish_unit is None:
        return None
    return PayWishView(worker.pay_wish_fen, worker.pay_wish_unit)


def skill_view(row: SkillRow, language: str) -> SkillView:
    """One skill."""
    label = craft_label(row.trade, row.name, language)
    return SkillView(row.id, row.version, row.trade, row.name, label, row.level, row.verified_at is not None)


def certificate_view(row: CertificateRow, language: str, today: date) -> CertificateView:
    """One certificate; `valid_today` goes by its days alone."""
    begun = row.valid_from is None or row.valid_from <= today
    over = row.valid_until is not None and row.valid_until < today
    return CertificateView(
        id=row.id,
        version=row.version,
        kind=row.kind,
        label=certificate_label(row.kind, language),
        has_number=row.number_sealed is not None,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        verified=row.verified_at is not None,
        verified_at=row.verified_at,
        valid_today=begun and not over,
    )


def waiting_view(row: WaitingRow) -> WaitingView:
    """How somebody waits."""
    return WaitingView(
        id=row.id,
        version=row.version,
        state=row.state,
        venue_id=row.venue_id,
        place=place_view(row.lon, row.lat, row.sent_datum),
        trades=row.trades,
        own_tools=row.own_tools,
        crew_id=row.crew_id,
        since=row.created_at,
        until=row.until,
    )
