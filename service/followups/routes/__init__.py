"""Follow-ups over HTTP."""

from service.followups.routes import answering, officers
from service.http.routing import joined

router = joined(answering.router, officers.router)
