"""Every door of access: sessions, staff, kiosks, keys."""

from fastapi import APIRouter

from service.access.routes import kiosks, machines, sessions, staff

router = APIRouter(redirect_slashes=False)
for part in (sessions, staff, kiosks, machines):
    router.include_router(part.router)
