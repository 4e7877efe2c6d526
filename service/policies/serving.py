"""The shapes of the policies about the service itself: coming in, messages, review, what is entered for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """access.yaml: codes, passwords, sessions, keys, verification of employers."""

    otp_digits: int
    otp_life_minutes: int
    otp_wrong_tries_max: int
    otp_gap_seconds: int
    otp_per_number_per_hour: int
    otp_per_number_per_day: int
    otp_per_address_per_hour: int
    otp_per_device_per_hour: int
    otp_verify_fails_per_number_per_day: int
    otp_verify_pause_minutes: int
    otp_verify_fails_per_address_per_hour: int
    password_min_length: int
    password_max_length: int
    password_fails_max: int
    password_pause_minutes: int
    access_token_minutes: int
    worker_refresh_days: int
    employer_refresh_days: int
    staff_idle_minutes: int
    staff_session_minutes: int
    step_up_minutes: int
    kiosk_idle_seconds: int
    kiosk_session_minutes: int
    employer_verification_months: int
    employer_verification_working_days: int
    idempotency_hours: int
    cursor_hours: int


@dataclass(frozen=True, slots=True)
class MessagesPolicy:
    """messages.yaml: quiet hours (local clock times), retries, other channels, replies, the day's budget of texts."""

    quiet_from: time
    quiet_until: time
    quiet_passes_before_start_minutes: int
    deduplicate_minutes: int
    retry_seconds: tuple[int, ...]
    channel_fallback_minutes: int
    own_quiet_most_minutes: int
    binding_code_minutes: int
    wechat_wrong_codes_per_hour: int
    sms_reply_minutes: int
    sms_reply_lasting_minutes: int
    sms_per_day_service: int
    sms_per_day_person: int
    sms_urgent_per_day_person: int
    sms_per_day_city: int
    sms_alarm_permille: int
    saved_searches_max: int
    alerts_per_day: int
    alert_gather_minutes: int


@dataclass(frozen=True, slots=True)
class ContactsPolicy:
    """contacts.yaml: contact requests, relayed texts and lent numbers."""

    answer_minutes: int
    talk_days: int
    open_days: int
    asks_per_employer_per_day: int
    asks_per_household_per_day: int
    asks_per_worker_per_day: int
    asks_to_person_per_day: int
    ask_again_days: int
    asks_to_same_side: int
    texts_each_way: int
    call_number_minutes: int
    call_numbers_per_day: int


@dataclass(frozen=True, slots=True)
class ReviewsPolicy:
    """reviews.yaml: office hours, claims, batches, holds, appeals, reports, re-checks,
    duplicates, what is stale."""

    office_opens: time
    office_closes: time
    claim_minutes: int
    batch_most: int
    hold_decide_working_days: int
    hold_tell_workers_at_once: bool
    hold_tell_workers_days: int
    appeal_days: int
    appeal_decide_working_days: int
    report_answer_working_days: int
    report_grave_minutes: int
    report_distinct: int
    report_per_address_per_hour: int
    report_per_address_per_day: int
    report_grave_per_address_per_hour: int
    report_grave_per_address_per_day: int
    report_per_person_per_day: int
    recheck_open_days: int
    recheck_grace_days: int
    duplicate_permille: int
    stopped_alike_permille: int
    stopped_remembered_days: int
    duplicates_merged_at_once: bool
    stale_notice_days: int


@dataclass(frozen=True, slots=True)
class WebhooksPolicy:
    """webhooks.yaml: retries, receivers in trouble, secrets, how long deliveries are kept."""

    retry_seconds: tuple[int, ...]
    retry_jitter_permille: int
    retry_after_max_seconds: int
    disable_after_hours: int
    secret_overlap_hours: int
    subscriptions_max: int
    keep_days: int
    by_hand_per_hour: int


@dataclass(frozen=True, slots=True)
class IntakesPolicy:
    """intakes.yaml: what is entered for others, its confirmation, its passing on; office hours are clock times."""

    person_answer_minutes: int
    boss_answer_minutes: int
    code_digits: int
    code_wrong_tries: int
    read_back_allowed: bool
    agreed_within_days: int
    escalate_working_minutes: int
    office_opens: time
    office_closes: time
    asks_per_agency_per_day: int
    asks_per_phone_per_day: int


@dataclass(frozen=True, slots=True)
class FeesPolicy:
    """fees.yaml: what agencies and platforms disclose of their own charges."""

    notice_days: int
    worker_charge_allowed: bool


@dataclass(frozen=True, slots=True)
class SuppliesPolicy:
    """supplies.yaml: how many supply postings a person may have, and for how long."""

    live_most: int
    valid_days_most: int


@dataclass(frozen=True, slots=True)
class ReferralsPolicy:
    """referrals.yaml: how long each side has, how long a slip holds."""

    quick_before_start_minutes: int
    worker_answer_minutes: int
    worker_answer_quick_minutes: int
    employer_answer_minutes: int
    employer_answer_quick_minutes: int
    offer_answer_minutes: int
    offer_answer_quick_minutes: int
    talk_ahead_days: int
    talk_remind_minutes: int
    talk_result_minutes: int
    slip_valid_minutes: int
    talks_a_day: int
    slip_least_minutes: int
    slip_after_start_minutes: int


@dataclass(frozen=True, slots=True)
class MilestoneRule:
    """When to ask: `days` after the `anchor` (working ones or not) at a time of the clock, again `every_days`.

    `length` is any, short or long (work of more than `short_work_days`); `evening_if_short` asks on the evening of the
    last shift instead. Where the settlement is one of `same_evening`, it is asked on the evening of the very day, and
    of short work not at all: the end's question asks it. `at_lender`: of who is lent, the own employer is asked, and
    the officers of its place see to it; else the borrower and those of the place of work.
    """

    anchor: str
    length: str
    sides: tuple[str, ...]
    days: int
    at: time
    working: bool = False
    every_days: int = 0
    evening_if_short: bool = False
    same_evening: tuple[str, ...] = ()
    at_lender: bool = False


@dataclass(frozen=True, slots=True)
class FollowupsPolicy:
    """followups.yaml: milestones, when and how often people are asked, what an office can do."""

    milestones: Mapping[str, MilestoneRule]
    short_work_days: int
    spell_gap_days: int
    lent_middle_days: int
    evening_at: time
    after_work_minutes: int
    asking_from: time
    asking_until: time
    attempts: int
    calls_from_attempt: int
    conversations_a_week: int
    calls_a_day: int
    overdue_working_days: int


@dataclass(frozen=True, slots=True)
class ZonesPolicy:
    """zones.yaml: how much stands in a zone."""

    columns_most: int
    pins_most: int
    pin_days_most: int


@dataclass(frozen=True, slots=True)
class FairsPolicy:
    """fairs.yaml: when a fair may be shown, who is let in, and what figures speak for one."""

    permit_from_attendance: int
    announce_ahead_minutes: int
    suspended_days_most: int
    check_in_before_minutes: int
    own_check_in_metres: int
    calendar_days_back: int
    seekers_least: int
    seats_least: int
    demand_days: int
    draft_ahead_days: int
    draft_opens_minutes: int
    draft_lasts_minutes: int


@dataclass(frozen=True, slots=True)
class CasesPolicy:
    """cases.yaml: complaints, the other side's answers, appeals against the service itself, what is kept of them.
    The limits of the ways that a case may go stand in service/cases/ways.yaml."""

    reopen_days: int
    reopen_most: int
    result_closes_days: int
    open_per_person_per_day: int
    open_urgent_per_person_per_day: int
    charge_per_address_per_hour: int
    charge_per_address_per_day: int
    other_side_working_days: int
    decision_answer_working_days: int
    decision_appeal_days: int
    extract_days_most: int
    contact_kept_days: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of one of the five documents: its code here, the document's, its number there, what it says."""

    code: str
    document: str
    article: str
    says: str


@dataclass(frozen=True, slots=True)
class SharingPolicy:
    """sharing.yaml: under which clause firms share labour in a place, who may broker, how much may be published."""

    clause: Clause
    agencies_broker: bool
    follow_up: bool
    live_most: int
    agency_waiting_most: int
    agency_asks_a_day: int
    moves_a_day: int
    days_most: int
    ahead_days_most: int
    matches_most: int
    intents_most: int
    intent_answer_days: int
    intent_asks_a_day: int
    intent_kept_days: int


@dataclass(frozen=True, slots=True)
class DealsPolicy:
    """deals.yaml: how long people are lent, what is looked at first, who answers within what time."""

    term_days_most: int
    day_minutes_most: int
    week_minutes_most: int
    week_days_most: int
    break_minutes_most: int
    review_term_days: int
    review_lent_before: int
    review_lent_days: int
    review_staff_permille: int
    contributions_permille: int
    costs_permille: int
    costs_a_day: Mapping[str, int]
    answer_days: int
    consent_days: int
    leave_notice_days: int
    take_back_days: int
    asked_kept_days: int
    worked_kept_days: int
    asks_a_number_most: int
    asks_a_number_days: int
    asks_a_day_least: int
    proposals_open_most: int
    proposals_a_day_most: int


@dataclass(frozen=True, slots=True)
class AgreementsPolicy:
    """agreements.yaml: what a full-time labour contract may say of probation, pay and hours, figures in agreements."""

    pay_interval_days_most: int
    probation_from_months: int
    probation_months_in_first_year: int
    probation_months_in_three_years: int
    probation_months_most: int
    probation_pay_percent_least: int
    day_minutes_most: int
    week_minutes_most: int
    break_minutes_most: int
    longest_day_minutes_most: int
    longest_run_minutes_most: int
    appeal_days_most: int
    notice_days_most: int


@dataclass(frozen=True, slots=True)
class SettlementsPolicy:
    """settlements.yaml: what lent people's time beyond the plan earns, who says what within what time."""

    overtime_percent: int
    rest_day_percent: int
    holiday_percent: int
    overtime_day_minutes_most: int
    overtime_month_minutes_most: int
    object_days: int
    last_statement_days: int
    correction_days: int
    confirm_remind_days: int
    confirm_stands_days: int
    overdue_again_days: int
    overdue_listed_days: int
    close_days: int
