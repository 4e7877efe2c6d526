"""Closed sets of the field that several features share, each as a type and as its codes."""

from __future__ import annotations

from typing import Literal, get_args

PayUnit = Literal["hour", "day", "shift", "piece", "order", "fixed", "month", "area"]
Settlement = Literal["on_completion", "daily", "weekly", "half_month", "monthly", "per_order"]
JobKind = Literal[
    "part_time", "day_labour", "seasonal", "task", "platform_task", "convenience_service", "public_welfare", "full_time"
]
Funding = Literal["employer", "government_purchase", "public_welfare_subsidy", "workshop_subsidy"]
WorkMode = Literal["on_site", "home_based", "remote", "side_job", "split_time"]

PAY_UNITS: tuple[str, ...] = get_args(PayUnit)
SETTLEMENTS: tuple[str, ...] = get_args(Settlement)
JOB_KINDS: tuple[str, ...] = get_args(JobKind)
FUNDINGS: tuple[str, ...] = get_args(Funding)
WORK_MODES: tuple[str, ...] = get_args(WorkMode)
