"""Every operation × every role × somebody else's object: 401, 403 or 404, never data (INV-29, INV-30)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from service.context import Context
from service.http.caller import ANYBODY, ROLES
from tests.contract.bodies import Operation, content, identifiers_in, operations
from tests.contract.world import NINGBO, Party, a_draft, a_party, a_private_one

NOBODY = "nobody"
# Path parameters that name no object of anybody: public catalogues, own consents, a secret address.
NO_OBJECT = {"kind", "code", "scope", "token", "part", "bucket"}
# In the open: what a stranger may do with a published posting or a public market, by the very purpose of it.
OPEN_TO_WORKERS = {
    "apply_to_posting", "claim_seat", "claim_stand_in", "explain_fit", "sign_in_hall", "sign_up_for_fair",
    "check_in_at_fair",
}  # fmt: skip
OPEN_TO_MEMBERS = {"ask_for_booth", "refer_workers"}  # at a public fair, for a public posting, wherever it is
# An own parent with a child of the other side that is not the other side's own: a worker may block any
# employer, and anybody whom the ranking may propose (masked) can be asked about for an own shift.
CROSSED_BY_DESIGN = {
    (operation, role)
    for operation in ("block_employer", "unblock_employer", "explain_candidate")
    for role in ("worker", "officer", "member")
}
PUBLIC_OBJECTS = {"venue_id", "zone_id", "supply_id", "posting_id", "shift_id", "employer_id", "row_id", "fair_id"}
OPERATORS = {"/healthz", "/readyz"}


@dataclass(frozen=True)
class Asking:
    """Sends the smallest valid request of an operation, with the preconditions that a careful client sends."""

    client: httpx2.AsyncClient
    document: Any
    party: Party

    async def __call__(
        self, operation: Operation, role: str, ids: Mapping[str, Any], more: Mapping[str, Any] | None = None
    ) -> httpx2.Response:
        path = operation.path.format_map(dict.fromkeys(operation.names, "other") | dict(ids))
        sent = content(self.document, operation, role, self.party.worker.id)
        if more:
            sent["json"] |= more
        headers = self.party.callers.get(role, {}) | {"idempotency-key": f"key-{uuid4()}", "if-match": '"1"'}
        params = operation.needed_query(role)
        return await self.client.request(operation.method, path, params=params, headers=headers, **sent)


def told(answer: httpx2.Response) -> tuple[int, Any]:
    """Status and body without what differs from request to request."""
    body = answer.json() if answer.content else None
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in {"request_id", "instance"}}
    return answer.status_code, body


def allowed(operation: Operation, role: str) -> set[int]:
    """The only answers that a stranger may get."""
    if ANYBODY in operation.roles or role in operation.roles:
        return {404}
    return {401} if role == NOBODY else {403}


def in_charge(operation: Operation, role: str) -> bool:
    """An administrator has every region: no object is a stranger's."""
    return role == "admin" and bool({"admin", ANYBODY} & operation.roles)


@pytest.fixture
def document(app: Any) -> Any:
    return app.openapi()


async def test_each_role_sees_nothing_of_the_other_side(
    client: httpx2.AsyncClient, ctx: Context, document: Any
) -> None:
    """Foreign and missing objects get the same 401, 403 or 404, in every cell of the matrix."""
    ours, theirs = await a_party(ctx), await a_party(ctx, NINGBO)
    hidden = [await a_draft(ctx, ours), await a_private_one(ctx, ours)]
    ask = Asking(client, document, theirs)
    wrong: list[Any] = []
    cells: Counter[int] = Counter()
    for operation in operations(document):
        names = set(operation.names) - NO_OBJECT
        for role in (NOBODY, *ROLES) if names else ():
            if in_charge(operation, role):
                continue
            missing = told(await ask(operation, role, dict.fromkeys(names, uuid4())))
            for ids in variants(operation, role, ours, theirs, hidden):
                answer = told(await ask(operation, role, ids))
                cells[answer[0]] += 1
                if answer[0] not in allowed(operation, role) or answer != missing:
                    wrong.append((operation.id, role, answer, missing))
    assert not wrong, "\n".join(map(str, wrong))
    assert cells.keys() == {401, 403, 404}
    assert cells[404] > 300
    assert cells.total() > 1000


def variants(
    operation: Operation, role: str, ours: Party, theirs: Party, hidden: Sequence[tuple[Any, Any]]
) -> Iterable[dict[str, Any]]:
    """The other side's object; with a posting or shift also the hidden ones; its child under an own parent."""
    ids = {name: ours.objects[name] for name in operation.names if name not in NO_OBJECT}
    public = ANYBODY in operation.roles or (role == "worker" and operation.id in OPEN_TO_WORKERS)
    public = public or (role == "member" and operation.id in OPEN_TO_MEMBERS)
    if not public:
        yield ids
    for posting, shift in hidden:
        own = {name: row.id for name, row in (("posting_id", posting), ("shift_id", shift)) if name in ids}
        if own:
            yield ids | own
    parent = operation.names[0]
    if len(ids) > 1 and role in operation.roles and (operation.id, role) not in CROSSED_BY_DESIGN:
        yield ids | {parent: theirs.objects[parent]}


async def test_ids_in_a_body_open_nothing_either(client: httpx2.AsyncClient, ctx: Context, document: Any) -> None:
    """An own object with the other side's id in the body is answered like one with an id that nobody has."""
    ours, theirs = await a_party(ctx), await a_party(ctx, NINGBO)
    ask = Asking(client, document, theirs)
    wrong, seen = [], 0
    for operation in operations(document):
        own = {name: theirs.objects[name] for name in operation.names if name not in NO_OBJECT}
        for field in identifiers_in(document, operation):
            name = {"into": "person_id"}.get(field, field)
            if name not in ours.objects or name in PUBLIC_OBJECTS - {"employer_id"}:
                continue
            for role in operation.roles & set(ROLES) - {"admin"}:
                foreign = told(await ask(operation, role, own, {field: str(ours.objects[name])}))
                missing = told(await ask(operation, role, own, {field: str(uuid4())}))
                seen += 1
                if foreign != missing or foreign[0] < 400:
                    wrong.append((operation.id, role, field, foreign, missing))
    assert not wrong, "\n".join(map(str, wrong))
    assert seen > 20


async def test_lists_and_deeds_without_an_object_open_to_their_roles_only(
    client: httpx2.AsyncClient, ctx: Context, document: Any
) -> None:
    """Without an object in the path the wrong role gets 401 or 403, whatever it sends."""
    ask = Asking(client, document, await a_party(ctx))
    wrong = []
    for operation in operations(document):
        if set(operation.names) - NO_OBJECT or ANYBODY in operation.roles or not operation.roles:
            continue
        for role in (NOBODY, *ROLES):
            if role in operation.roles:
                continue
            answer = await ask(operation, role, {})
            if answer.status_code not in allowed(operation, role):
                wrong.append((operation.id, role, answer.status_code))
    assert not wrong


async def test_own_lists_hold_nothing_of_the_other_side(
    client: httpx2.AsyncClient, ctx: Context, document: Any
) -> None:
    """What a caller may list never names an object of the other side, except what is public."""
    ours, theirs = await a_party(ctx), await a_party(ctx, NINGBO)
    ask = Asking(client, document, theirs)
    private = {str(value) for name, value in ours.objects.items() if name not in PUBLIC_OBJECTS}
    wrong, seen = [], 0
    for operation in operations(document):
        if operation.method != "GET" or set(operation.names) - NO_OBJECT:
            continue
        for role in operation.roles & set(ROLES) - {"admin"}:
            answer = await ask(operation, role, {})
            seen += answer.status_code == 200
            found = [each for each in private if each in answer.text]
            if found or answer.status_code not in operation.statuses:
                wrong.append((operation.id, role, answer.status_code, found))
    assert not wrong
    assert seen > 25


def test_every_operation_says_who_may_call_it_and_on_what(document: Any) -> None:
    """H14: x-roles, x-object, x-sensitive, x-idempotent and the security of each operation stand in the contract."""
    silent = []
    for operation in operations(document):
        if operation.path in OPERATORS:
            continue
        known = operation.roles <= {*ROLES, ANYBODY} and bool(operation.roles)
        told_all = {"x-roles", "x-sensitive", "x-idempotent", "security"} <= set(operation.raw)
        named = "x-object" in operation.raw or not set(operation.names) - NO_OBJECT or ANYBODY in operation.roles
        if not (known and told_all and named):
            silent.append(operation.id)
    assert not silent
