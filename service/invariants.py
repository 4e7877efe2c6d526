"""`linggong check-invariants`: read-only questions whose every answer must be nothing.

Safe to run on a living database: one repeatable-read, read-only transaction, no locks. Each check names
the invariant that it watches; a breach lists identifiers only, never personal values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text

from service.context import Context

SHOWN = 20
TIMERS_BEHIND = "1 hour"  # a timer that is later than this has not run
SHOWN_POSTING = "p.state in ('published', 'filled') and not p.private"
SEATED = "('held', 'confirmed', 'on_duty', 'completed', 'ended_early')"
FAIR_COMING = "('announced', 'suspended', 'running')"
FAIR_PLACED = "('signed_up', 'came', 'missed')"


@dataclass(frozen=True)
class Check:
    """One question; `sql` selects the offending identifiers."""

    code: str
    invariant: str
    sql: str


VERSIONED = (
    ("person", "persons"), ("consent", "consents"), ("staff", "staff"), ("device", "devices"),
    ("api_key", "api_keys"), ("reference", "reference_rows"), ("venue", "venues"), ("worker", "workers"),
    ("skill", "skills"), ("certificate", "certificates"), ("waiting", "waitings"), ("crew", "crews"),
    ("crew_member", "crew_members"), ("block", "blocks"), ("employer", "employers"), ("member", "members"),
    ("site", "sites"), ("pool_member", "pool_members"), ("invitation", "invitations"),
    ("hire", "hires"), ("posting", "postings"), ("shift", "shifts"),
    ("import", "imports"), ("application", "applications"), ("engagement", "engagements"),
    ("timesheet", "timesheets"), ("pay_record", "pay_records"),
    ("hall_rule", "hall_rules"), ("hall_session", "hall_sessions"), ("presence", "presences"), ("plan", "plans"),
    ("plan_line", "plan_lines"), ("supply", "supplies"), ("review", "reviews"), ("hold", "holds"),
    ("agreement", "agreements"), ("signature", "signatures"), ("triage", "triages"),
    ("appeal", "appeals"), ("evidence_pack", "evidence_packs"), ("reliability_event", "reliability_events"),
    ("subscription", "webhook_subscriptions"),
    ("fee_disclosure", "fee_disclosures"), ("fee_remark", "fee_remarks"),
    ("search", "searches"), ("report", "reports"), ("policy_proposal", "policy_proposals"),
    ("contact_request", "contact_requests"), ("contact_choice", "contact_choices"), ("relay", "relays"),
    ("supply_intake", "supply_intakes"), ("demand_intake", "demand_intakes"), ("brokerage", "brokerages"),
    ("recommendation", "recommendations"),
    ("referral", "referrals"), ("talk", "talks"), ("slip", "slips"),
    ("binding", "channel_bindings"), ("message_preference", "message_preferences"),
    ("case", "cases"), ("case_handover", "case_handovers"), ("case_deadline", "case_deadlines"),
    ("case_question", "case_questions"), ("decision_appeal", "decision_appeals"),
    ("followup_plan", "followup_plans"), ("followup_task", "followup_tasks"),
    ("followup_attempt", "followup_attempts"), ("followup_issue", "followup_issues"), ("need", "needs"),
    ("alarm", "alarms"), ("duty", "duties"), ("balance", "balances"), ("deal", "deals"), ("lent", "lent"),
    ("deal_finding", "deal_findings"), ("intent", "intents"),
    ("lent_day", "lent_days"), ("settlement", "settlements"), ("leg", "settlement_legs"),
    ("zone", "zones"), ("zone_column", "zone_columns"), ("zone_pin", "zone_pins"),
    ("fair", "fairs"), ("fair_booth", "fair_booths"), ("fair_entry", "fair_entries"),
    ("fair_proposal", "fair_proposals"),
)  # fmt: skip

CHECKS = (
    Check(
        "reliability_counts_what_no_mark_says",
        "INV-36",
        "select s.id from (select id, 'worker' as side, reliability from workers where state <> 'merged'"
        " union all select id, 'employer', reliability from employers) s, jsonb_array_elements(s.reliability) e"
        " where not (e->>'excused')::boolean and not exists (select from reliability_events r"
        " where case s.side when 'worker' then r.worker_id else r.employer_id end = s.id and r.kind = e->>'kind'"
        " and r.at = (e->>'at')::timestamptz and r.state in ('counted', 'upheld'))",
    ),
    Check(
        "legs_differ_from_statement",
        "INV-42",
        "select s.id from settlements s join settlement_legs l on l.settlement_id = s.id group by s.id"
        " having sum(l.due_fen) filter (where l.kind = 'firm') <> s.firm_fen"
        " or sum(l.due_fen) filter (where l.kind = 'wage') <> s.wage_fen",
    ),
    Check(
        "firm_engagements_overlap",
        "INV-01",
        "select a.id from engagements a join engagements b on a.worker_id = b.worker_id and a.id < b.id"
        " and a.during && b.during"
        " where a.state in ('confirmed', 'on_duty') and b.state in ('confirmed', 'on_duty')",
    ),
    Check(
        "lent_and_seated_at_once",
        "INV-01",
        "select e.id from engagements e join lent_spans('-infinity', 'infinity') l on l.worker_id = e.worker_id"
        " and e.during && tstzrange(l.starts_at, l.ends_at) where e.state in ('confirmed', 'on_duty')"
        " and l.state in ('consented', 'working')",
    ),
    Check(
        "lent_beyond_the_deal",
        "INV-09",
        "select l.id from lent l join deals d on d.id = l.deal_id where l.state in ('asked', 'consented', 'working')"
        " and (l.first_day < d.first_day or l.last_day > d.last_day)",
    ),
    Check(
        "lent_beyond_what_is_signed",
        "INV-09",
        "select l.id from lent l join deals d on d.id = l.deal_id where l.state = 'working'"
        " and (least(d.last_day, d.signed_until) + 1)::timestamp at time zone 'Asia/Shanghai'"
        f" < business_now() - interval '{TIMERS_BEHIND}'",
    ),
    Check(
        "seats_counted_wrong",
        "INV-02",
        f"select s.id from shifts s where s.taken <> (select count(*) from engagements e"
        f" where e.shift_id = s.id and e.state in {SEATED})",
    ),
    Check(
        "fair_places_counted_wrong",
        "INV-02",
        f"select f.id from fairs f where f.state in {FAIR_COMING} and f.taken <> (select count(*) from fair_entries e"
        f" where e.fair_id = f.id and e.state in {FAIR_PLACED})",
    ),
    Check(
        "intent_without_surplus",
        "INV-29",
        "select i.id from intents i join balances b on b.id = i.balance_id where i.state in ('asked', 'agreed')"
        " and (b.state not in ('published', 'matched') or b.side <> 'surplus' or b.employer_id <> i.employer_id)",
    ),
    Check("seats_oversold", "INV-02", "select id from shifts where taken > headcount or taken < 0"),
    Check(
        "worker_twice_in_a_shift",
        "INV-03",
        "select min(id::text) as id from engagements where state in ('held', 'confirmed', 'on_duty')"
        " group by worker_id, shift_id having count(*) > 1",
    ),
    Check(
        "live_seat_in_a_cancelled_shift",
        "INV-04",
        "select e.id from engagements e join shifts s on s.id = e.shift_id"
        " where s.state = 'cancelled' and e.state in ('held', 'confirmed')",
    ),
    Check(
        "accepted_without_engagement",
        "INV-05",
        "select a.id from applications a where a.state = 'accepted' and a.shift_id is not null"
        " and not exists (select 1 from engagements e where e.application_id = a.id)",
    ),
    Check(
        "held_without_offer",
        "INV-06",
        "select e.id from engagements e join applications a on a.id = e.application_id"
        " where e.state = 'held' and a.state not in ('offered', 'sent', 'invited')",
    ),
    Check(
        "under_age_engagement",
        "INV-07",
        "select e.id from engagements e join workers w on w.id = e.worker_id"
        " where w.introducible_from is null"
        " or (e.created_at at time zone 'Asia/Shanghai')::date < w.introducible_from",
    ),
    Check(
        "hours_ledger_not_split_right",
        "INV-08",
        "select engagement_id as id from hours_ledger where week <> date_trunc('week', local_day)::date",
    ),
    Check(
        "on_duty_without_accepted_terms",
        "INV-09",
        "select id from engagements where state in ('on_duty', 'completed', 'ended_early', 'broken_off')"
        " and (worker_accepted_at is null or employer_accepted_at is null)",
    ),
    Check(
        "hall_numbers_not_dense",
        "KI-01",
        "select s.id from hall_sessions s where s.next_number - 1 <> (select count(*) from presences p"
        " where p.session_id = s.id) or s.next_number - 1 <> (select coalesce(max(number), 0) from presences p"
        " where p.session_id = s.id)",
    ),
    Check(
        "present_in_a_closed_session",
        "KI-02",
        "select p.id from presences p join hall_sessions s on s.id = p.session_id"
        " where s.state = 'closed' and p.state in ('waiting', 'called', 'passed')",
    ),
    Check(
        "two_lines_for_one_seat_of_a_person",
        "KI-16",
        "select min(l.id::text) as id from plan_lines l join plans p on p.id = l.plan_id"
        " where l.state in ('proposed', 'offered', 'accepted') group by p.session_id, l.worker_id, l.shift_id"
        " having count(*) > 1",
    ),
    Check(
        "offered_without_application",
        "KI-16",
        "select l.id from plan_lines l left join applications a on a.id = l.application_id"
        " where l.state = 'offered' and (a.id is null or a.state <> 'offered')",
    ),
    Check(
        "pay_settled_below_due",
        "INV-42",
        "select id from pay_records where state = 'settled' and coalesce(received_fen, 0) < due_fen",
    ),
    Check(
        "pay_reckoning_does_not_add_up",
        "INV-42",
        "select id from pay_records where jsonb_array_length(reckoning) > 0 and due_fen <>"
        " (select coalesce(sum((part ->> 'amount_fen')::bigint), 0) from jsonb_array_elements(reckoning) part)",
    ),
    Check(
        "unfinished_answer_kept",
        "INV-12",
        "select key as id from idempotency_keys"
        " where status is null and created_at < business_now() - interval '1 hour'",
    ),
    Check(
        "moved_without_a_log_line",
        "INV-39",
        "select entity_id as id from transitions where to_state is distinct from from_state and action = 'edit'",
    ),
    Check(
        "session_of_a_closed_account",
        "INV-30",
        "select s.id from sessions s join staff t on t.id = s.staff_id"
        " where s.closed_at is null and t.state <> 'active'",
    ),
    Check(
        "point_outside_the_world",
        "INV-45",
        "select id from postings where lon <> lon or lat <> lat or abs(lon) > 180 or abs(lat) > 90",
    ),
    Check(
        "supply_shown_of_who_may_not_be_found",
        "INV-07",
        "select s.id from supplies s join workers w on w.id = s.worker_id where s.state = 'published'"
        " and (w.state <> 'active' or w.introducible_from is null"
        " or (business_now() at time zone 'Asia/Shanghai')::date < w.introducible_from)",
    ),
    Check(
        "supply_waits_without_review",
        "review",
        "select s.id from supplies s where s.state = 'submitted' and not exists (select 1 from reviews r"
        " where r.noun = 'supply' and r.subject_id = s.id and r.state in ('waiting', 'claimed'))",
    ),
    Check(
        "numbers_open_past_their_end",
        "contacts",
        "select id from contact_requests where state in ('accepted', 'agreed')"
        f" and ends_at < business_now() - interval '{TIMERS_BEHIND}'",
    ),
    Check(
        "listing_of_what_is_not_public",
        "listings",
        f"select l.id from listings l where not exists (select 1 from postings p where p.id = l.id and {SHOWN_POSTING})"
        " and not exists (select 1 from supplies s where s.id = l.id and s.state = 'published')",
    ),
    Check(
        "public_without_listing",
        "listings",
        f"select p.id from postings p where {SHOWN_POSTING} and not exists (select 1 from listings l where l.id = p.id)"
        " union all select s.id from supplies s where s.state = 'published'"
        " and not exists (select 1 from listings l where l.id = s.id)",
    ),
    Check(
        "hold_of_what_is_not_held",
        "holds",
        "select h.id from holds h where h.state = 'open'"
        " and not exists (select 1 from postings p where h.noun = 'posting' and p.id = h.subject_id"
        " and p.state = 'paused' and p.paused_by = 'hold')"
        " and not exists (select 1 from supplies s where h.noun = 'supply' and s.id = h.subject_id"
        " and s.state = 'paused' and s.paused_by = 'hold')"
        " and not exists (select 1 from employers e where h.noun = 'employer' and e.id = h.subject_id"
        " and e.state = 'held')",
    ),
    Check(
        "case_limit_over_and_not_missed",
        "INV-18",
        "select id from case_deadlines where state = 'running'"
        f" and (due_on + 1)::timestamp at time zone 'Asia/Shanghai' < business_now() - interval '{TIMERS_BEHIND}'",
    ),
    Check(
        "limit_of_an_ended_case",
        "cases",
        "select d.id from case_deadlines d join cases c on c.id = d.case_id"
        " where c.closed_at is not null and d.state in ('running', 'paused')",
    ),
    Check(
        "two_open_cases_on_one_thing",
        "cases",
        "select min(id::text) as id from cases where closed_at is null and subject_id is not null"
        " group by kind, complainant_id, noun, subject_id having count(*) > 1",
    ),
    Check(
        "recommended_by_whom_nobody_said_yes_to",
        "referrals",
        "select r.id from referrals r where r.agency_id is not null and r.ended_at is null"
        " and r.engagement_id is null and not exists (select from brokerages b where b.agency_id = r.agency_id"
        " and b.person_id = r.worker_id and b.state = 'active')",
    ),
    Check(
        "balance_spoken_for_wrong",
        "sharing",
        "select b.id from balances b where b.taken <> (select coalesce(sum(d.taken), 0) from deals d"
        " where d.surplus_id = b.id or d.shortage_id = b.id)",
    ),
    Check(
        "deal_out_of_anothers_balance",
        "sharing",
        "select d.id from deals d join balances b on b.id in (d.surplus_id, d.shortage_id)"
        " where b.employer_id <> case b.side when 'surplus' then d.lender_id else d.borrower_id end",
    ),
    Check(
        "left_on_the_spot_with_a_mark",
        "INV-36",
        "select r.id from reliability_events r join alarms a on a.engagement_id = r.engagement_id"
        " where a.left_at is not null and r.worker_id = a.worker_id and r.created_at >= a.left_at"
        " and r.kind in ('late', 'left_early', 'late_cancel', 'no_show') and r.state in ('counted', 'upheld')",
    ),
    Check(
        "seat_left_and_neither_kept_nor_open",
        "alarms",
        "select a.id from alarms a join engagements e on e.id = a.engagement_id where a.left_as = 'break_off'"
        " and ((a.reopened_at is not null and e.state <> 'broken_off') or (a.held_seat and e.state <> 'ended_early'))",
    ),
    *(
        Check(
            f"{noun}_versions_differ_from_log",
            "INV-39",
            f"select e.id from {table} e where e.version <>"
            f" (select count(*) from transitions t where t.noun = '{noun}' and t.entity_id = e.id)",
        )
        for noun, table in VERSIONED
    ),
)


async def breaches(ctx: Context) -> list[dict[str, Any]]:
    """Every check with at least one answer: code, invariant, how many, the first identifiers."""
    found = []
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("set transaction isolation level repeatable read, read only"))
        await session.execute(text("set local statement_timeout = 0"))
        for check in CHECKS:
            rows = (await session.execute(text(check.sql))).scalars().all()
            if rows:
                found.append(
                    {
                        "code": check.code,
                        "invariant": check.invariant,
                        "count": len(rows),
                        "first": [str(row) for row in rows[:SHOWN]],
                    }
                )
    return found


async def check_all(ctx: Context) -> int:
    """Print the outcome as JSON; 1 when anything is broken."""
    found = await breaches(ctx)
    outcome = {"checks": len(CHECKS), "clean": not found, "breaches": found}
    print(orjson.dumps(outcome, option=orjson.OPT_INDENT_2).decode())  # noqa: T201
    return 1 if found else 0
