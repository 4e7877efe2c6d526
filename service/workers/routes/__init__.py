"""Every door of workers. Paths take `me` or a worker's id: workers reach themselves, officers their region."""

from fastapi import APIRouter

from service.workers.routes import crews, papers, profile, records, registration, waiting

router = APIRouter(redirect_slashes=False)
for part in (registration, profile, papers, waiting, crews, records):
    router.include_router(part.router)
