"""What the routes of attendance share: who sees both sides, and points."""

from __future__ import annotations

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.measures import PointIn

SIDES = (WORKER, MEMBER, OFFICER, ADMIN)


def wgs84(point: PointIn | None) -> tuple[float, float] | None:
    """Longitude and latitude as they are compared."""
    return point.wgs84() if point is not None else None
