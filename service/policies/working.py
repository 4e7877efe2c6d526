"""The shapes of the policies about work: its hours, offering it, seats, attendance, pay, who suits whom, halls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
class MarkWeight:
    """How heavily a kind of mark weighs."""

    kind: str
    weight: int


@dataclass(frozen=True, slots=True)
class ReliabilityPolicy:
    """reliability.yaml: what counts how much, how it is contested, of what the payment record speaks."""

    mark_weights: tuple[MarkWeight, ...]
    prior_events: int
    events_kept: int
    contest_days: int
    contest_decide_working_days: int
    payment_jobs_last: int
    payment_jobs_least: int


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
    preshift_answer_least_minutes: int
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
    employer_no_show_until_hours: int
    timesheet_answer_minutes: int


@dataclass(frozen=True, slots=True)
class AlarmsPolicy:
    """alarms.yaml: until when something wrong on the spot can be said, and how fast officers act."""

    grace_minutes: int
    grave_take_minutes: int
    take_minutes: int
    grave_close_minutes: int
    close_minutes: int
    reopen_least_minutes: int
    words_kept_days: int
    press_again_minutes: int
    most_a_day: int


@dataclass(frozen=True, slots=True)
class DutyPolicy:
    """duty.yaml: who is told of what happens at a place, and how the roster is kept."""

    officers_told: int
    entry_days_max: int


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
    employer_reliability_bonus_permille: int
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
