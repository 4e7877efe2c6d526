"""Arrival, departure and agreed hours over HTTP."""

from fastapi import APIRouter

from service.attendance.routes import absences, arrival, timesheets

router = APIRouter(redirect_slashes=False)
for part in (arrival, absences, timesheets):
    router.include_router(part.router)
