"""What /metrics shows of this process; labels are operations, statuses and codes, never people."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "linggong_requests_total", "Answers by operation and status", ["operation", "status"], registry=REGISTRY
)
LATENCY = Histogram(
    "linggong_request_seconds",
    "Time to answer",
    ["operation"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
    registry=REGISTRY,
)
CLAIM_CONFLICTS = Counter("linggong_conflicts_total", "Refusals by code (409)", ["code"], registry=REGISTRY)
RETRIES = Counter("linggong_retries_total", "Transactions run again", ["cause"], registry=REGISTRY)
POOL_IN_USE = Gauge("linggong_pool_in_use", "Connections in use", ["pool"], registry=REGISTRY)
POOL_SIZE = Gauge("linggong_pool_size", "Connections allowed", ["pool"], registry=REGISTRY)
OLDEST_DUE = Gauge("linggong_oldest_due_age_seconds", "Age of the oldest timer past due", registry=REGISTRY)
OLDEST_OUTBOX = Gauge("linggong_oldest_outbox_age_seconds", "Age of the oldest unsent effect", registry=REGISTRY)
OLDEST_SLOW = Gauge(
    "linggong_oldest_slow_work_age_seconds", "Wait of the oldest import for its turn", registry=REGISTRY
)
SLOW_RUNNING = Gauge("linggong_slow_work_running", "Imports being run", registry=REGISTRY)
DEAD = Gauge("linggong_dead_work", "Due work given up after all attempts", registry=REGISTRY)
SCHEDULER_AGE = Gauge("linggong_scheduler_heartbeat_age_seconds", "Since a jobs process beat", registry=REGISTRY)
SMS_USED = Gauge("linggong_sms_used_today", "Text messages of the day, by scope", ["scope"], registry=REGISTRY)
SMS_ALARMS = Counter("linggong_sms_budget_alarms_total", "Budgets of texts mostly used", ["scope"], registry=REGISTRY)
SMS_HELD = Counter("linggong_sms_held_total", "Texts kept in the inbox for the budget's sake", registry=REGISTRY)
UNSEALED = Gauge("linggong_unsealed_transitions", "Log lines not yet in the sealed chain", registry=REGISTRY)
WEBHOOKS = Counter(
    "linggong_webhook_attempts_total", "Webhooks sent, by status or why there was none", ["outcome"], registry=REGISTRY
)
POOL_ROWS = Gauge("linggong_matching_pool_rows", "People and shifts in memory", ["pool"], registry=REGISTRY)
POOL_CATCH_UP = Histogram(
    "linggong_matching_pool_catch_up_seconds",
    "Time to bring the pools up to now before a ranking",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1),
    registry=REGISTRY,
)
POOL_ASKED = Counter(
    "linggong_matching_pool_asked_total", "Rankings by where they were answered", ["by"], registry=REGISTRY
)
