"""Every door of access and people × every role: what is not declared is refused before anything is read."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from service.context import Context
from service.http.caller import ANYBODY, ROLES
from tests.builders.city import a_member, an_employer, an_officer, as_member, as_staff, signed_in
from tests.builders.people import a_kiosk, a_known_person, an_integrator

EXPECTED = {
    "list_staff": {"admin"},
    "create_staff": {"admin"},
    "change_staff": {"admin"},
    "create_api_key": {"admin"},
    "enrol_device": {"officer", "admin"},
    "give_spoken_code": {"officer", "admin"},
    "start_kiosk_session": {"kiosk"},
    "unmask_person": {"officer"},
    "merge_people": {"officer", "admin"},
    "get_my_person": {"worker", "member"},
    "change_my_phone": {"worker", "member"},
    "change_my_password": {"officer", "admin"},
    "list_sessions": {"worker", "member", "officer", "admin"},
    "request_code": {ANYBODY},
    "start_staff_session": {ANYBODY},
    "list_consent_texts": {ANYBODY},
}


def doors(app: Any) -> list[Any]:
    """The routes of both features."""
    found = {}

    def walk(routes: Any) -> None:
        for route in routes:
            if set(getattr(route, "tags", ())) & {"access", "people"} and hasattr(route, "access"):
                found[route.operation_id] = route
            walk(getattr(getattr(route, "original_router", None), "routes", ()))

    walk(app.routes)
    return list(found.values())


async def everybody(ctx: Context) -> dict[str, dict[str, str]]:
    """Headers of one caller of each role."""
    member = await a_member(ctx, await an_employer(ctx))
    return {
        "worker": await signed_in(ctx, "worker", person_id=(await a_known_person(ctx)).id),
        "member": await as_member(ctx, member),
        "officer": await as_staff(ctx, await an_officer(ctx)),
        "admin": await as_staff(ctx, await an_officer(ctx, role="admin")),
        "kiosk": (await a_kiosk(ctx))[2],
        "integrator": (await an_integrator(ctx))[1],
    }


async def ask(client: httpx2.AsyncClient, route: Any, headers: dict[str, str]) -> httpx2.Response:
    method = next(iter(route.methods))
    path = re.sub(r"\{[^}]+\}", lambda _: str(uuid4()), f"{route.path}")
    path = path if path.startswith("/v1") else f"/v1{path}"
    return await client.request(method, path, json={"unheard_of": 1}, headers=headers)


async def test_each_door_opens_to_its_roles_only(client: httpx2.AsyncClient, ctx: Context, app: Any) -> None:
    callers = await everybody(ctx)
    routes = doors(app)
    assert len(routes) >= 40
    for route in routes:
        roles = set(route.access.roles)
        assert EXPECTED.get(route.operation_id, roles) == roles
        nobody = await ask(client, route, {})
        assert (nobody.status_code == 401) == (ANYBODY not in roles), route.operation_id
        for role in ROLES:
            if role in roles or ANYBODY in roles:
                continue
            answer = await ask(client, route, callers[role])
            assert answer.status_code == 403, (route.operation_id, role)
            assert answer.json()["code"] == "role_lacks_operation"


async def test_whoever_may_gets_no_fault_and_no_others_data_for_objects_that_are_not_there(
    client: httpx2.AsyncClient, ctx: Context, app: Any
) -> None:
    for route in doors(app):
        for role in sorted(set(route.access.roles) - {ANYBODY}):
            headers = (await everybody(ctx))[role]
            answer = await ask(client, route, headers)
            expected = {200, 202, 204, 404, 409, 412, 422, 428}
            assert answer.status_code in expected, (route.operation_id, role, answer.text)
            documented = {int(status) for status in route.responses} | {route.status_code or 200}
            assert answer.status_code in documented, (route.operation_id, answer.status_code)


@pytest.mark.parametrize("path", ["/v1/staff", "/v1/devices", "/v1/api-keys"])
async def test_lists_refuse_what_they_do_not_know(client: httpx2.AsyncClient, ctx: Context, path: str) -> None:
    headers = await as_staff(ctx, await an_officer(ctx, role="admin"))
    for params, status in (({"limit": 0}, 422), ({"limit": 101}, 422), ({"sort": "x"}, 422), ({"cursor": "x"}, 400)):
        answer = await client.get(path, params=params, headers=headers)
        assert answer.status_code == status, answer.text
