"""The shapes of the dated policies: one frozen dataclass per topic, every field one parameter of its file.

Names carry the unit: `_minutes`, `_metres`, `_fen`, `_permille` (thousandths). What a parameter means, and
where it comes from, stands beside its values in the YAML file of the same name as the topic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Protocol, TypeVar


class Step(Protocol):
    """A rung of a ladder that is ordered from far before the start to the start itself."""

    @property
    def at_least_minutes(self) -> int: ...


AnyStep = TypeVar("AnyStep", bound=Step)


def step_at(ladder: tuple[AnyStep, ...], minutes_to_start: float) -> AnyStep:
    """The rung that applies `minutes_to_start` before the start; after the start it is the last one."""
    return next((step for step in ladder if step.at_least_minutes <= minutes_to_start), ladder[-1])


@dataclass(frozen=True, slots=True)
class ConfirmStep:
    """A promoted waitlister has `confirm_within_minutes` to say yes when the start is that far away."""

    at_least_minutes: int
    confirm_within_minutes: int


@dataclass(frozen=True, slots=True)
class CancelTier:
    """What so early a cancellation is called, what it costs (permille of the pay), if it weighs."""

    code: str
    at_least_minutes: int
    compensation_permille: int
    counts_in_reliability: bool


@dataclass(frozen=True, slots=True)
class DueRule:
    """Pay is due at 24:00 local time, `offset_days` after the last day of the period in which the work ended.

    `period` is work_day, week (Monday to Sunday), half_month (to the 15th or the last day) or month. With
    `earlier_working_day` a due day that is a rest day or holiday moves to the nearest earlier working day,
    never before the work's own last day (工资支付暂行规定 art. 7).
    """

    period: str
    offset_days: int
    earlier_working_day: bool


@dataclass(frozen=True, slots=True)
class PayBounds:
    """An amount per unit outside these is taken for a slip of the pen, in fen, both ends allowed."""

    min_fen: int
    max_fen: int


@dataclass(frozen=True, slots=True)
class HoursPolicy:
    """hours.yaml: ages, part-time limits, rest."""

    minimum_age_years: int
    adult_age_years: int
    part_time_average_minutes_per_day: int
    part_time_minutes_per_week: int
    rest_gap_minutes: int


@dataclass(frozen=True, slots=True)
class PostingsPolicy:
    """postings.yaml: search, review, occurrences, hire by sight."""

    search_radius_metres: int
    review_urgent_before_start_minutes: int
    review_urgent_minutes: int
    review_minutes: int
    auto_publish_verified_employers: bool
    injury_cover_needed_part_time: bool
    injury_cover_needed_construction: bool
    headcount_max: int
    occurrence_window_days: int
    unpaid_break_minutes: int
    unpaid_break_max_minutes: int
    stale_after_days: int
    hire_by_sight_word_digits: int
    hire_by_sight_word_minutes: int
    hire_by_sight_answer_minutes: int
    hire_by_sight_unverified_people_max: int
    hire_by_sight_unverified_days_max: int
    going_wage_days: int
    pay_far_below_going_permille: int
    pay_far_above_going_times: int
    pay_far_above_minimum_times: int


@dataclass(frozen=True, slots=True)
class ApplicationsPolicy:
    """applications.yaml: answers, waitlist, confirmation before the shift, cancellations, crews."""

    urgent_before_start_minutes: int
    offer_answer_minutes: int
    offer_answer_urgent_minutes: int
    employer_answer_minutes: int
    employer_answer_urgent_minutes: int
    waitlist_confirm_ladder: tuple[ConfirmStep, ...]
    waitlist_first_yes_before_start_minutes: int
    preshift_opens_before_start_minutes: int
    preshift_answer_before_start_minutes: int
    cancel_grace_after_yes_minutes: int
    cancel_grace_ends_before_start_minutes: int
    worker_cancel_tiers: tuple[CancelTier, ...]
    employer_cancel_tiers: tuple[CancelTier, ...]
    stand_in_search_ends_before_start_minutes: int
    invitations_per_shift: int
    vain_invitations_a_week: int
    hires_proposed_a_day: int
    crew_size_min: int
    crew_size_max: int


@dataclass(frozen=True, slots=True)
class AttendancePolicy:
    """attendance.yaml: check-in, absence, timesheets."""

    check_in_early_minutes: int
    check_in_late_minutes: int
    check_in_code_digits: int
    geofence_metres: int
    late_tolerance_minutes: int
    absence_after_start_minutes: int
    no_show_answer_minutes: int
    employer_no_show_after_start_minutes: int
    timesheet_answer_minutes: int


@dataclass(frozen=True, slots=True)
class PayPolicy:
    """pay.yaml: due days (by settlement code), bounds (by pay-unit code), conversions."""

    part_time_settlement_days_max: int
    due_rules: Mapping[str, DueRule]
    bounds: Mapping[str, PayBounds]
    month_hours: int
    overdue_grace_minutes: int
    worker_confirm_remind_minutes: int


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
    """messages.yaml: quiet hours (local clock times), retries, replies, the day's budget of texts."""

    quiet_from: time
    quiet_until: time
    quiet_passes_before_start_minutes: int
    deduplicate_minutes: int
    retry_seconds: tuple[int, ...]
    sms_reply_minutes: int
    sms_per_day_service: int
    sms_per_day_person: int
    sms_per_day_city: int
    sms_alarm_permille: int
    saved_searches_max: int
    alerts_per_day: int
    alert_gather_minutes: int


@dataclass(frozen=True, slots=True)
class MatchingPolicy:
    """matching.yaml: weights and cut-offs of the product's ranking."""

    skill_weight_permille: int
    distance_weight_permille: int
    schedule_weight_permille: int
    schedule_floor_permille: int
    skill_same_group_permille: int
    skill_same_family_permille: int
    skill_text_cap_permille: int
    distance_full_metres: int
    distance_near_metres: int
    distance_near_permille: int
    reliability_bonus_permille: int
    pay_fit_bonus_permille: int
    freshness_bonus_permille: int
    priority_bonus_permille: int
    reliability_fade_days: int
    reliability_start_permille: int
    freshness_fade_minutes: int
    results_max: int


@dataclass(frozen=True, slots=True)
class HallsPolicy:
    """halls.yaml: what a venue's own rule says where it says nothing else."""

    turn_places: int
    turn_most: int
    return_after: int
    several_each: bool
    answer_minutes: int
    change_minutes: int
    rounds_most: int
    day_begins_minutes: int
    notice_minutes: int
    planned_ahead_days: int
    own_sign_in_metres: int


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
class ZonesPolicy:
    """zones.yaml: how much stands in a zone."""

    columns_most: int
    pins_most: int


@dataclass(frozen=True, slots=True)
class Policies:
    """Everything in force on `as_of` in `jurisdiction` (GB/T 2260 code, or None for the whole country).

    `in_force_since` is the date of the latest change that is contained; a stored decision keeps it.
    """

    as_of: date
    jurisdiction: str | None
    in_force_since: date
    hours: HoursPolicy
    postings: PostingsPolicy
    applications: ApplicationsPolicy
    attendance: AttendancePolicy
    pay: PayPolicy
    access: AccessPolicy
    messages: MessagesPolicy
    matching: MatchingPolicy
    halls: HallsPolicy
    contacts: ContactsPolicy
    reviews: ReviewsPolicy
    webhooks: WebhooksPolicy
    intakes: IntakesPolicy
    fees: FeesPolicy
    supplies: SuppliesPolicy
    zones: ZonesPolicy


TOPICS: Mapping[str, type] = {
    "hours": HoursPolicy,
    "postings": PostingsPolicy,
    "applications": ApplicationsPolicy,
    "attendance": AttendancePolicy,
    "pay": PayPolicy,
    "access": AccessPolicy,
    "messages": MessagesPolicy,
    "matching": MatchingPolicy,
    "halls": HallsPolicy,
    "contacts": ContactsPolicy,
    "reviews": ReviewsPolicy,
    "webhooks": WebhooksPolicy,
    "intakes": IntakesPolicy,
    "fees": FeesPolicy,
    "supplies": SuppliesPolicy,
    "zones": ZonesPolicy,
}
