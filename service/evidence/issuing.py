"""How a chain grows by what has happened since, and a pack is issued at its head; for seats and for lendings."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from service.evidence import rules
from service.evidence.views import LentPackView, PackView
from service.verifying.packs import FORMAT, LENT_FORMAT, first_link, signed_bytes

if TYPE_CHECKING:
    from service.evidence.tables import EvidencePackRow
    from service.http.caller import Caller
    from service.proof import About, Fact
    from service.uow import Uow

SALT_BYTES = 32
FORMATS = {"engagement": FORMAT, "lent": LENT_FORMAT}

Entries = list[dict[str, Any]]


async def grown(uow: Uow, about: About, told: Callable[[], Awaitable[list[Fact]]]) -> Entries:
    """The chain with what has happened since it was last looked at; whoever asks meanwhile waits."""
    await uow.evidence.queue(about.id)
    kept = await uow.evidence.entries(about)
    entries: Entries = [json.loads(row.body) for row in kept]
    for fact in rules.in_order(await told(), (row.source for row in kept)):
        before = entries[-1]["hash"] if entries else first_link(str(about.id), about.side, FORMATS[about.noun])
        salts = {name: secrets.token_hex(SALT_BYTES) for name in fact.personal}
        entry = rules.entry_of(fact, len(entries) + 1, before, salts)
        uow.evidence.append(about, fact.source, entry)
        for name, value in fact.personal.items():
            await uow.evidence.hide(about, entry["seq"], name, salts[name], value)
        entries.append(entry)
    await uow.flush()
    return entries


async def issue(
    uow: Uow, about: About, city_code: str, header_of: Callable[..., dict[str, Any]], by: Caller
) -> EvidencePackRow:
    """Sign the header and keep the pack."""
    header = header_of(
        pack_id=uow.evidence.new_id(),
        at=await uow.now(),
        key_id=uow.ctx.signer.present.key_id,
        service=uow.ctx.settings.base_url,
    )
    _, signature = uow.ctx.signer.sign(signed_bytes(header))
    pack = uow.evidence.new_pack(about, city_code, header, signature)
    await uow.add(pack, by=by.actor, action="issue")
    await uow.flush()
    return pack


def view_of(about: About, pack: EvidencePackRow, entries: Entries, openings: list[dict[str, Any]]) -> PackView:
    """A seat's pack as it is answered."""
    return PackView(engagement_id=about.id, **_view(about, pack, entries, openings))


def lent_view_of(about: About, pack: EvidencePackRow, entries: Entries, openings: list[dict[str, Any]]) -> LentPackView:
    """The same of somebody who is lent."""
    return LentPackView(lent_id=about.id, **_view(about, pack, entries, openings))


def _view(about: About, pack: EvidencePackRow, entries: Entries, openings: list[dict[str, Any]]) -> dict[str, Any]:
    header = json.loads(pack.header)
    return {
        "id": pack.id,
        "side": about.side,
        "issued_at": pack.created_at,
        "key_id": header["key_id"],
        "count": pack.count,
        "head": pack.head,
        "header": header,
        "entries": entries,
        "signature": {"key_id": header["key_id"], "value": pack.signature.hex()},
        "openings": openings,
    }
