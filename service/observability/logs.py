"""Structured logs: JSON lines on standard output, fixed keys, personal data redacted, no line injection."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from service.text import redact

_PLAIN = (int, float, bool, type(None))


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _safe(value) for key, value in event.items()}


def _safe(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, dict):
        return {str(key): _safe(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(inner) for inner in value]
    return redact(str(value))[:4000]


def _exception_without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A traceback as places in the code only: messages of exceptions may hold what somebody sent."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        frames = []
        trace = info[2]
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno}:{code.co_name}")
            trace = trace.tb_next
        event["error_type"] = info[0].__name__
        event["error_at"] = frames[-8:]
    return event


def configure_logs(level: str, role: str) -> None:
    """Send everything, the libraries' lines included, through one renderer."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _exception_without_values,
            _redact,
            structlog.processors.JSONRenderer(serializer=lambda value, **_: orjson.dumps(value, default=str).decode()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(role=role)
    ACCESS.wanted, ACCESS.role = level in {"debug", "info"}, role
    root = logging.getLogger()
    root.handlers = [_Bridge()]
    root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True


class AccessLog:
    """The one line of every request: its fields are codes and figures, so it needs no redaction.

    Written without the processors above: they cost more than reading a posting.
    """

    def __init__(self) -> None:
        self.wanted = True
        self.role = "api"

    def line(self, **fields: Any) -> None:
        """Write one line, if lines of level info are wanted."""
        if self.wanted:
            time = datetime.now(UTC).isoformat().replace("+00:00", "Z")
            head = {"event": "request", "role": self.role, "level": "info", "time": time}
            sys.stdout.write(orjson.dumps(head | fields).decode() + "\n")


ACCESS = AccessLog()


class _Bridge(logging.Handler):
    """Lines of libraries that use the standard logging."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        info = record.exc_info if record.exc_info else None
        said = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        log.log(record.levelno, said, library=record.name, exc_info=info)
