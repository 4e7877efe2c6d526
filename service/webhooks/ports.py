"""What webhooks let other features do: reach an outer address in the same careful way."""

from __future__ import annotations

from collections.abc import Mapping

from service.settings import Settings
from service.webhooks.courier.transport import transport_for
from service.webhooks.rules.ladder import Outcome


async def post_outside(
    settings: Settings, address: str, body: bytes, headers: Mapping[str, str], owner: str
) -> Outcome:
    """One POST to a public https address, never to an inner one, within ten seconds; raises for nothing that the
    other side does. `owner` is who waits for the name's look-up."""
    return await transport_for(settings).post(address, body, headers, owner)


PORTS = {"webhooks.post": post_outside}
