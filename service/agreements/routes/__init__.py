"""Triage and agreements over HTTP."""

from service.agreements.routes import drawing, looking, signing, triage
from service.http.routing import joined

router = joined(triage.router, drawing.router, looking.router, signing.router)
