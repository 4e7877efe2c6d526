"""What several tests of lendings do: days pass, papers are read and signed by real codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.builders.applications import run_due_at
from tests.builders.deals import Firms
from tests.builders.people import sent_code

DAY = timedelta(days=1)


async def on(firms: Firms, days: int) -> None:
    """So many days later, shortly after midnight, with everything due done and everybody signed in again."""
    await run_due_at(firms.ctx, firms.today + days * DAY)
    await firms.sign_in()


async def of(firms: Firms, at: int = 0) -> Any:
    """The newest lending of one of the people, as the person reads it."""
    return (await firms.send("GET", "/workers/me/lent", f"person{at}"))["items"][0]


async def papers_of(firms: Firms, at: int) -> list[str]:
    """How the written consents of one of the people stand, the newest first."""
    lent = await of(firms, at)
    found = await firms.send("GET", f"/agreements?subject_id={lent['id']}", f"person{at}")
    return [each["state"] for each in found["items"]]


async def paper_of(firms: Firms, lent: Any, who: str) -> Any:
    """The newest written consent about somebody, as a party reads it."""
    found = (await firms.send("GET", f"/agreements?subject_id={lent['id']}", who))["items"]
    return await firms.send("GET", f"/agreements/{found[0]['id']}", who)


async def sign_by_code(firms: Firms, paper: Any, who: str, phone: str, *, status: int = 200) -> Any:
    """One signature as it is really given."""
    path, shown = f"/agreements/{paper['agreement']['id']}", paper["agreement"]
    sent = await firms.send("POST", f"{path}/signature-codes", who, status=202)
    body = {
        "hash": shown["hash"], "summary_read": True, "differs_accepted": shown["differs"],
        "challenge_id": sent["challenge_id"], "code": await sent_code(firms.client, phone),
    }  # fmt: skip
    return await firms.send("POST", f"{path}/sign", who, body, status=status)
