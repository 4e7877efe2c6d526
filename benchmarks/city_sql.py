"""A large city written straight into the tables, in SQL: enough rows that indexes matter."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import asyncpg

TOKEN = "lga_bench_{number:08d}_{number:08d}"


@dataclass(frozen=True)
class Sizes:
    """How many of each."""

    postings: int
    workers: int
    seats: int = 50


PEOPLE = """
insert into persons (id, version, created_at, updated_at, state, data_key, language, city_code)
select ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 1, now(), now(), 'active', ''::bytea, 'zh-CN',
       '310100' from generate_series(1, $1::int) i
"""
WORKERS = """
insert into workers (id, version, created_at, updated_at, state, city_code, introducible_from, adult_from,
                     home_approximate, radius_m, exceptions, reliability)
select id, 1, now(), now(), 'active', '310100', date '2000-01-01', date '2002-01-01', false, 10000,
       '[]', '[]' from persons
"""
SESSIONS = """
insert into sessions (id, role, person_id, channel, fresh_factor_at, created_at, renewed_at, idle_until, ends_at)
select id, 'worker', id, 'api', now(), now(), now(), now() + interval '90 days', now() + interval '90 days' from persons
"""
EMPLOYERS = """
insert into employers (id, version, created_at, updated_at, state, kind, name, name_folded, credit_code, city_code,
                       verified_at, reliability)
select ('00000000-0000-7000-9000-' || lpad(to_hex(i), 12, '0'))::uuid, 1, now(), now(), 'verified', 'enterprise',
       'employer ' || i, 'employer ' || i, 'code' || i, '310100', now(), '[]' from generate_series(1, 200) i
"""
POSTINGS = """
insert into postings (id, version, created_at, updated_at, state, employer_id, channel, private, title, description,
    trade, job_kind, work_mode, binding, headcount, city_code, district_code, address, lon, lat, sent_datum,
    approximate, pay_fen, pay_unit, pay_tiers, settlement, call_off_fen, break_minutes, conditions, certificates,
    skills, adult_only, priority_groups, claimable, defaulted, warnings, terms_version, terms_hash, valid_until,
    published_at, search)
select ('00000000-0000-7000-a000-' || lpad(to_hex(i), 12, '0'))::uuid, 1, now(), now(), 'published',
    ('00000000-0000-7000-9000-' || lpad(to_hex(1 + i % 200), 12, '0'))::uuid, 'api', false, 'posting ' || i,
    repeat('words about the work ', 8), 'dishwashing', 'day_labour', 'on_site', 'shift', 5, '310100', '310104',
    'some road ' || i, 121.2 + random() * 0.6, 31.0 + random() * 0.5, 'wgs84', false, 2000 + i % 3000, 'hour', '[]',
    'daily', 0, 0, '{}', '[]', '[]', false, '[]', true, '[]', '[]', 1, repeat('0', 64), now() + interval '60 days',
    now(), '{}' from generate_series(1, $1::int) i
"""
SHIFTS = """
insert into shifts (id, version, created_at, updated_at, state, posting_id, employer_id, city_code, occurrence,
    local_day, starts_at, ends_at, break_minutes, headcount, taken, wait_numbers)
select ('00000000-0000-7000-b000-' || lpad(to_hex(i), 12, '0'))::uuid, 1, now(), now(), 'open',
    ('00000000-0000-7000-a000-' || lpad(to_hex(i), 12, '0'))::uuid,
    ('00000000-0000-7000-9000-' || lpad(to_hex(1 + i % 200), 12, '0'))::uuid, '310100', 'one', t::date, t,
    t + interval '2 hours', 0, $2::int, 0, 0
from (select i, date_trunc('hour', now()) + interval '2 days' + (i % 600) * interval '1 hour' as t
      from generate_series(1, $1::int) i) x
"""


async def build(owner_url: str, sizes: Sizes) -> None:
    """Fill an empty migrated database."""
    connection = await asyncpg.connect(owner_url)
    await connection.execute(PEOPLE.replace("$1::int", str(sizes.workers)))
    await connection.execute(WORKERS)
    await connection.execute(SESSIONS)
    tokens = [
        (hashlib.sha256(TOKEN.format(number=number).encode()).digest(), worker_id(number))
        for number in range(1, sizes.workers + 1)
    ]
    await connection.executemany(
        "insert into tokens (hash, session_id, kind, expires_at)"
        " values ($1, $2::uuid, 'access', now() + interval '9 days')",
        tokens,
    )
    await connection.execute(EMPLOYERS)
    await connection.execute(POSTINGS.replace("$1::int", str(sizes.postings)))
    await connection.execute(SHIFTS.replace("$1::int", str(sizes.postings)).replace("$2::int", str(sizes.seats)))
    await connection.execute("vacuum analyze")
    await connection.close()


def worker_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


def posting_id(number: int) -> str:
    return f"00000000-0000-7000-a000-{number:012x}"


def shift_id(number: int) -> str:
    return f"00000000-0000-7000-b000-{number:012x}"
