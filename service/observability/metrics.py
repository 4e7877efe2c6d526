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
DEAD = Gauge("linggong_dead_work", "Due work given up after all attempts", registry=REGISTRY)
SCHEDULER_AGE = Gauge("linggong_scheduler_heartbeat_age_seconds", "Since a jobs process beat", registry=REGISTRY)
UNSEALED = Gauge("linggong_unsealed_transitions", "Log lines not yet in the sealed chain", registry=REGISTRY)
