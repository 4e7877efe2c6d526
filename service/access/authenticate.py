"""Who stands behind a bearer token: one statement on the raw pool for every request, nothing remembered.

Because nothing is cached, closing a session, ending a membership, closing a staff account, revoking a
device or a key takes effect with the next request. Sessions with an idle limit (staff, kiosks) take a
second statement that moves it on; written into the first it would make every request twice as slow.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from service.context import Context
from service.http.caller import INTEGRATOR, KIOSK, Caller
from service.vault import token_hash

BY_SESSION = """
select s.id, s.role, s.person_id, s.staff_id, s.employer_id, s.channel, s.idle_seconds, clock.now,
       m.role as member_role, w.id as worker_id, st.regions, coalesce(st.venue_id, d.venue_id) as venue_id
from (select business_now() as now offset 0) clock, tokens t
join sessions s on s.id = t.session_id
left join persons p on p.id = s.person_id
left join members m on m.employer_id = s.employer_id and m.person_id = s.person_id and m.left_at is null
left join workers w on s.role = 'worker' and w.id = s.person_id
left join staff st on st.id = s.staff_id
left join devices d on d.id = s.device_id
where t.hash = $1 and t.kind = 'access' and t.expires_at > clock.now
  and s.closed_at is null and s.idle_until > clock.now and s.ends_at > clock.now
  and (s.person_id is null or p.state = 'active')
  and (s.role <> 'member' or m.id is not null)
  and (s.staff_id is null or (st.state = 'active' and st.role = s.role))
  and (s.device_id is null or (d.state = 'enrolled' and d.credential_hash = $2))
"""
MOVE_ON = """
update sessions set idle_until = least(ends_at, $2::timestamptz + make_interval(secs => idle_seconds))
where id = $1 and closed_at is null
  and idle_until < $2::timestamptz + make_interval(secs => idle_seconds) - interval '1 second'
"""
BY_DEVICE = "select id, venue_id, city_code from devices where credential_hash = $1 and state = 'enrolled'"
BY_KEY = "select id, scopes, city_code, employer_id from api_keys where key_hash = $1 and state = 'active'"


class AuthenticateWithDevice(Protocol):
    """`device_credential` is the header X-Device-Credential: the tokens of a kiosk session need it."""

    def __call__(self, token: str, device_credential: str | None = None, /) -> Awaitable[Caller | None]: ...


def make_authenticate(ctx: Context) -> AuthenticateWithDevice:
    """The function that turns a bearer token into its caller, or None when it is no (longer) good."""
    database = ctx.database
    kinds: Mapping[str, tuple[str, Callable[[Any], Caller]]] = {
        "lgd_": (BY_DEVICE, _kiosk),
        "lgk_": (BY_KEY, _integrator),
    }

    async def authenticate(token: str, device_credential: str | None = None, /) -> Caller | None:
        kind = token[:4]
        if kind == "lga_":
            beside = token_hash(device_credential) if device_credential else None
            row = await database.reads.fetchrow(BY_SESSION, token_hash(token), beside)
            if row is not None and row["idle_seconds"] is not None:
                await database.reads.execute(MOVE_ON, row["id"], row["now"])
            return _person_or_staff(row) if row is not None else None
        if kind not in kinds:
            return None
        statement, read = kinds[kind]
        row = await database.reads.fetchrow(statement, token_hash(token))
        return read(row) if row is not None else None

    return authenticate


def _person_or_staff(row: Any) -> Caller:
    return Caller(
        role=row["role"],
        account_id=row["person_id"] or row["staff_id"],
        session_id=row["id"],
        person_id=row["person_id"],
        worker_id=row["worker_id"],
        employer_id=row["employer_id"],
        member_role=row["member_role"],
        regions=tuple(row["regions"] or ()),
        venue_id=row["venue_id"],
        channel=row["channel"],
    )


def _kiosk(row: Any) -> Caller:
    return Caller(
        role=KIOSK,
        account_id=row["id"],
        regions=(row["city_code"],),
        venue_id=row["venue_id"],
        channel="kiosk",
    )


def _integrator(row: Any) -> Caller:
    return Caller(
        role=INTEGRATOR,
        account_id=row["id"],
        employer_id=row["employer_id"],
        regions=(row["city_code"],),
        scopes=frozenset(row["scopes"]),
    )
