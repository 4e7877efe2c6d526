"""Referrals over HTTP."""

from service.http.routing import joined
from service.referrals.routes import answering, referring, slips, talking

router = joined(referring.router, answering.router, talking.router, slips.router)
