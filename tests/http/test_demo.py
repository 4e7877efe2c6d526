"""The demo plays to its end on a real service, in a rehearsal and on a developer's machine; what it leans on holds."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from service.context import Context
from service.demo.showing import plain, shown, yuan
from service.demo.signins_file import keep_secrets, kept_signins
from service.demo.stage import sentences
from service.messages.gateways import ConsoleGateway, DevelopmentGateway, gateway_for
from service.messages.outbox_file import keep_message, outbox_path, read_messages
from service.testing.signins import Signin, Signins
from service.vault import Vault
from tests.builders.city import an_employer
from tests.builders.people import a_phone, bearer, move_clock, sign_in
from tests.live import Live, free_port, live_service
from tests.sizes import FULL

OWN_ROWS = [
    {"source_id": 1, "title": "河畔火锅-一号店-洗碗工-小时工", "city_code": "310100", "district_code": "310104",
     "address": "上海市-徐汇区-漕河路18号", "headcount": 2, "pay": 26, "pay_unit": "元/时",
     "slots": [{"start": "17:30", "end": "22:00"}]},
    {"source_id": 2, "title": "河畔火锅-一号店-服务员-小时工", "city_code": "310100", "pay": 0, "pay_unit": "元/周"},
]  # fmt: skip


def played(live: Live, *words: str) -> str:
    """The output of a performance that came to its end."""
    done = live.cli("demo", *words)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def nothing_leaks(text: str) -> bool:
    """No whole phone, token, identity number or one-time code stands in the output."""
    secrets = r"lg[arkd]_[A-Za-z0-9_-]{20}|(?<![0-9])1[3-9][0-9]{9}(?![0-9])|[0-9]{17}[0-9X]|\"code\":\"[0-9]"
    return re.search(secrets, text) is None


async def test_a_rehearsal_plays_the_whole_story_again_and_again(
    urls: tuple[str, str], data_dir: Path, clean: None, tmp_path: Path
) -> None:
    """With the seeded officer, through the dinner shift to the pay, then once more with one's own file."""
    own = tmp_path / "own.json"
    own.write_text(json.dumps(OWN_ROWS, ensure_ascii=False), encoding="utf-8")
    with live_service(urls, data_dir) as live:
        seeded = live.cli("seed", "--workers", "24", "--employers", "6", "--postings", "10")
        assert seeded.returncode == 0, seeded.stderr[-2000:]
        first = played(live)
        assert "16 rows: 12 accepted, 0 updated, 0 unchanged, 4 refused" in first
        assert "officer_shanghai" in first
        assert "收到137.5元" in first
        if FULL:
            second = played(live, "--postings", str(own), "--mapping", "shanghai_postings")
            assert "2 rows: 1 accepted, 0 updated, 0 unchanged, 1 refused" in second
            assert "row 2 行" in second
            assert nothing_leaks(second)
        assert nothing_leaks(first)
        checked = live.cli("check-invariants")
        assert checked.returncode == 0, checked.stdout[-2000:]


@pytest.mark.trial
async def test_a_developers_machine_plays_it_too_with_an_officer_of_its_own(
    urls: tuple[str, str], tmp_path: Path, clean: None
) -> None:
    """No clock to move and no message sink: codes come from the outbox file, and what is left out is said."""
    own: dict[str, Any] = {"LINGGONG_ENV": "development", "LINGGONG_CODES_LIFTED": "false"}
    with live_service(urls, tmp_path, LINGGONG_TICK_SECONDS="0.2", **own) as live:
        text = played(live)
    assert "the dinner shift itself 晚市当班" in text
    assert "demo_officer_" in text
    assert nothing_leaks(text)
    assert stat.S_IMODE((tmp_path / "outbox.jsonl").stat().st_mode) == 0o600


def test_what_cannot_be_played_is_said_in_one_line(urls: tuple[str, str], data_dir: Path) -> None:
    """No service there, a mapping that is unknown, a file that is not there: exit 1 with the reason."""
    live = Live({"LINGGONG_ENV": "test", "LINGGONG_DATA_DIR": str(data_dir), "LINGGONG_PORT": str(free_port())})
    for words, reason in (
        ((), "start it first: linggong run"),
        (("--mapping", "nonesuch"), "no such mapping: nonesuch"),
        (("--postings", "nonesuch.json"), "no such file: nonesuch.json"),
    ):
        done = live.cli("demo", *words)
        assert done.returncode == 1
        assert reason in done.stdout
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("part", ["steps", "notes"])
def test_every_sentence_is_there_in_both_languages(part: str) -> None:
    """With the same facts in each; figures and quotations stand once for both."""
    slots = re.compile(r"{(\w+)}")
    for name, said in sentences()[part].items():
        if "both" in said:
            assert set(said) == {"both"}, name
            continue
        assert set(said) == {"en", "zh"}, name
        facts = set(slots.findall(said["en"])) ^ set(slots.findall(said["zh"]))
        assert not facts, name


def test_what_is_shown_hides_secrets_and_stays_short() -> None:
    """Tokens, codes and identity numbers are hidden, phones masked, reasons and places left readable."""
    body = {
        "phone": "+8614712345678",
        "code": "123456",
        "access_token": "lga_" + "x" * 43,
        "id_number": "190000198503070015",
        "reasons": [{"code": "certificates"}] * 5,
        "note": "call 14712345678",
    }
    line = shown(body)
    assert '"phone":"147****5678"' in line
    assert '"code":"certificates"' in line
    assert "…2 more" in line
    assert nothing_leaks(line)
    assert plain("/v1/shifts/01a1fb4f-dd02-7f16-aee7-85a15acbee2d/fit") == "/v1/shifts/01a1…cbee2d/fit"
    assert [yuan(fen) for fen in (13750, 1875, 20000, 5)] == ["137.5", "18.75", "200", "0.05"]


# -- what the demo leans on ----------------------------------------------------------------------------


async def test_only_development_keeps_a_copy_of_what_was_sent(ctx: Context) -> None:
    """In production the console gateway leaves no file, in development it does."""

    def made(env: str) -> Any:
        return gateway_for(replace(ctx, settings=ctx.settings.model_copy(update={"env": env})))

    assert type(made("production")) is ConsoleGateway
    assert type(made("development")) is DevelopmentGateway


def test_the_outbox_file_tells_nothing_without_the_key(tmp_path: Path) -> None:
    """Read again by the phone it went to, by nobody else, and by no other key."""
    path, vault = tmp_path / "outbox.jsonl", Vault(b"k" * 32)
    for number in range(3):
        said = {"template": "code", "text": f"Your code is 00000{number}", "params": {"code": f"00000{number}"}}
        keep_message(path, vault, message_id=str(number), to="+8614720000001", said=said)
    found = read_messages(path, vault, "+8614720000001")
    assert [message["params"]["code"] for message in found] == ["000002", "000001", "000000"]
    assert read_messages(path, vault, "+8614720000002") == []
    assert read_messages(path, Vault(b"o" * 32), "+8614720000001") == []
    text = path.read_text()
    assert "00000" not in text.replace("1472", "")
    assert "14720000001" not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"x" * 1_000_001)
    keep_message(path, vault, message_id="9", to="+8614720000001", said={"template": "code"})
    assert path.stat().st_size < 1000


async def test_the_outbox_file_lies_in_the_data_folder(ctx: Context) -> None:
    """Beside the database and the machine's key."""
    assert outbox_path(ctx.settings).parent == ctx.settings.data_dir


def test_secrets_of_a_development_city_are_kept_for_the_next_start(tmp_path: Path) -> None:
    """Only entries that have a secret, in a file for its owner alone; a new city replaces it."""
    entries = (
        Signin("worker", "worker", "310100", "1", phone="+8614701000000"),
        Signin("officer", "officer", "310100", "2", username="officer_shanghai", password="a secret"),
    )
    for _ in range(2):
        keep_secrets(tmp_path, Signins(1, True, entries))
    assert kept_signins(tmp_path) == [entries[1]]
    assert stat.S_IMODE((tmp_path / "signins.json").stat().st_mode) == 0o600


async def test_a_new_boss_acts_for_his_employer_without_a_second_code(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Right after the first code; later a fresh one is asked for; somebody else's employer is not there."""
    phone = a_phone()
    ticket = (await sign_in(client, phone))["ticket"]
    newcomer = {"ticket": ticket, "name": "周建国", "trade": "帮厨", "wait_today": False}
    registered = (await client.post("/v1/workers", json=newcomer)).json()
    headers = bearer(registered["session"]["access_token"])
    shop = {
        "kind": "household",
        "name": "周家",
        "city_code": "310100",
        "district_code": "310104",
        "contact_name": "周建国",
        "contact_phone": phone,
    }
    employer = (await client.post("/v1/employers", json=shop, headers=headers)).json()
    made = await client.post("/v1/sessions/for-employer", json={"employer_id": employer["id"]}, headers=headers)
    assert made.status_code == 200, made.text
    me = (await client.get("/v1/me", headers=bearer(made.json()["access_token"]))).json()
    assert (me["role"], me["employer_id"], me["member_role"]) == ("member", employer["id"], "owner")
    foreign = await an_employer(ctx)
    for stranger in (foreign.id, uuid4()):
        body = {"employer_id": str(stranger)}
        assert (await client.post("/v1/sessions/for-employer", json=body, headers=headers)).status_code == 404
    await move_clock(client, action="advance", seconds=400)
    late = await client.post("/v1/sessions/for-employer", json={"employer_id": employer["id"]}, headers=headers)
    assert (late.status_code, late.json()["code"]) == (403, "step_up_needed")
