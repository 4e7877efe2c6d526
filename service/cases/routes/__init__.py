"""Cases over HTTP."""

from service.cases.routes import deadlines, decisions, extracts, handling, looking, opening, pages, sides
from service.http.routing import joined

router = joined(
    opening.router, looking.router, handling.router, deadlines.router, sides.router, decisions.router, extracts.router,
    pages.router,
)  # fmt: skip
