"""Employers over HTTP."""

from fastapi import APIRouter

from service.employers.routes import members, pool, profile, sites, verification

router = APIRouter(redirect_slashes=False)
for part in (verification, profile, sites, members, pool):
    router.include_router(part.router)
