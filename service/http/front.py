"""The plain front page at `/`: what this is, where to go on; the same for everybody, no foreign resource."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI, Request, Response
from starlette.responses import HTMLResponse

from service.i18n import negotiate

STYLE_HEADERS = {"cache-control": "public, max-age=300"}


def mount_front(app: FastAPI) -> None:
    """`/` in the caller's language and its style sheet."""
    pages = files("service.http").joinpath("pages")
    texts = {
        language: pages.joinpath(f"front.{language}.html").read_text(encoding="utf-8") for language in ("zh-CN", "en")
    }
    style = pages.joinpath("front.css").read_text(encoding="utf-8")

    async def front(request: Request) -> Response:
        wanted = request.query_params.get("lang", "")
        language = wanted if wanted in texts else negotiate(request.headers.get("accept-language"))
        return HTMLResponse(texts[language], headers={"content-language": language})

    async def sheet(_: Request) -> Response:
        return Response(style, media_type="text/css", headers=STYLE_HEADERS)

    app.add_route("/", front, include_in_schema=False)
    app.add_route("/front.css", sheet, include_in_schema=False)
