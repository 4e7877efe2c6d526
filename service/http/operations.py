"""Doors for operators: alive, ready, figures. They name no person; the figures are for operators alone."""

from __future__ import annotations

import asyncio
from hmac import compare_digest
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import generate_latest
from pydantic import BaseModel

from service.context import Context
from service.db.migrate import revision_of
from service.jobs.figures import Figures, read_figures, read_sms_today
from service.observability import metrics
from service.preparing import Preparing
from service.settings import Settings

router = APIRouter(tags=["operations"])
READY_LIMIT_SECONDS = 1.5


class Alive(BaseModel):
    """The process serves."""

    status: str


class Ready(BaseModel):
    """Whether to send requests here, and what it rests on."""

    ready: bool
    draining: bool
    database: bool
    schema_at_head: bool
    names_prepared: bool
    kernels_prepared: bool
    pools_filled: bool
    pool_people_loaded: int
    pool_people_total: int
    unsafe_settings: list[str]
    scheduler_heartbeat_age_seconds: float | None
    oldest_due_age_seconds: float | None
    oldest_outbox_age_seconds: float | None
    dead_work: int | None


@router.get("/healthz", operation_id="check_alive", summary="Process alive, no database touched")
async def check_alive() -> Alive:
    return Alive(status="ok")


@router.get(
    "/readyz",
    operation_id="check_ready",
    summary="Ready for requests: database, schema, timers, prepared, not draining",
    responses={503: {"model": Ready, "description": "Not ready"}},
)
async def check_ready(request: Request, response: Response) -> Ready:
    ctx: Context = request.app.state.context
    draining: bool = request.app.state.draining.is_set()
    try:
        async with asyncio.timeout(READY_LIMIT_SECONDS):
            figures = await read_figures(ctx)
            at_head = await _schema_at_head(request.app.state, ctx)
    except Exception:
        figures, at_head = None, False
    preparing: Preparing | None = request.app.state.preparing
    prepared = preparing is None or preparing.done
    pools = ctx.pools
    ready = figures is not None and at_head and prepared and not draining
    response.status_code = 200 if ready else 503
    return Ready(
        ready=ready,
        draining=draining,
        database=figures is not None,
        schema_at_head=at_head,
        names_prepared=preparing is None or preparing.names,
        kernels_prepared=preparing is None or preparing.kernels,
        pools_filled=preparing is None or preparing.pools,
        pool_people_loaded=pools.loaded if pools is not None else 0,
        pool_people_total=pools.total if pools is not None else 0,
        unsafe_settings=request.app.state.unsafe,
        scheduler_heartbeat_age_seconds=figures.scheduler_heartbeat_age if figures else None,
        oldest_due_age_seconds=figures.oldest_due_age if figures else None,
        oldest_outbox_age_seconds=figures.oldest_outbox_age if figures else None,
        dead_work=figures.dead if figures else None,
    )


async def _schema_at_head(state: Any, ctx: Context) -> bool:
    async with ctx.database.engine.connect() as connection:
        return bool(await revision_of(connection) == state.head)


@router.get("/metrics", operation_id="read_metrics", summary="Figures for Prometheus", include_in_schema=False)
async def read_metrics(request: Request) -> Response:
    ctx: Context = request.app.state.context
    if not _may_read(request, ctx.settings):
        raise HTTPException(404)
    try:
        async with asyncio.timeout(READY_LIMIT_SECONDS):
            _set_gauges(ctx, await read_figures(ctx))
            metrics.SMS_USED.clear()
            for scope, used in (await read_sms_today(ctx)).items():
                metrics.SMS_USED.labels(scope).set(used)
    except Exception:
        metrics.OLDEST_DUE.set(float("nan"))
    return Response(generate_latest(metrics.REGISTRY), media_type="text/plain; version=0.0.4")


def _may_read(request: Request, settings: Settings) -> bool:
    """Counts that step with each request would tell strangers what happened to whom and when."""
    token = settings.metrics_token.get_secret_value()
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return compare_digest(given.encode(), token.encode())
    return not settings.is_production and str(request.scope.get("client_address", "")).startswith("127.")


def _set_gauges(ctx: Context, figures: Figures) -> None:
    metrics.OLDEST_DUE.set(figures.oldest_due_age)
    metrics.OLDEST_OUTBOX.set(figures.oldest_outbox_age)
    metrics.OLDEST_SLOW.set(figures.oldest_slow_age)
    metrics.SLOW_RUNNING.set(figures.slow_running)
    metrics.DEAD.set(figures.dead)
    metrics.UNSEALED.set(figures.unsealed)
    age = figures.scheduler_heartbeat_age
    metrics.SCHEDULER_AGE.set(float("nan") if age is None else age)
    pool: Any = ctx.database.engine.pool
    metrics.POOL_IN_USE.labels("use_cases").set(pool.checkedout())
    metrics.POOL_SIZE.labels("use_cases").set(pool.size())
    reads = ctx.database.reads
    metrics.POOL_IN_USE.labels("reads").set(reads.get_size() - reads.get_idle_size())
    metrics.POOL_SIZE.labels("reads").set(reads.get_max_size())
