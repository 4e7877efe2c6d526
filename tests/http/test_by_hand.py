"""The page with the story by hand is played as it stands, with the sign-ins that a seeded city prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests import clock
from tests.live import live_service

ROOT = Path(__file__).parent.parent.parent
PAGE, LENDING = (ROOT / "docs" / name for name in ("by_hand.md", "lending_by_hand.md"))
# Who reads the page types the code from the console; here it comes from the message sink, when it has got there.
TYPED = 'read -rp "Code of $PHONE: " CODE'
READ = (
    'CODE=""\n'
    'until [ -n "$CODE" ]; do\n'
    '  curl -sS -X POST "$BASE/_test/run-due" >/dev/null\n'
    '  CODE=$(curl -sS "$BASE/_test/messages?to=%2B${PHONE#+}"'
    " | pick messages.0.params.code 2>/dev/null || sleep 0.2)\n"
    "done"
)
# The same where a number gets several codes: the next is another one, and a minute passes at once.
READ_AGAIN = (
    'CODE=""\n'
    'until [ -n "$CODE" ] && [ "$CODE" != "$(cat "$KEPT/$PHONE" 2>/dev/null)" ]; do\n'
    '  curl -sS -X POST "$BASE/_test/run-due" >/dev/null\n'
    '  CODE=$(curl -sS "$BASE/_test/messages?to=%2B${PHONE#+}"'
    ' | python3 -c \'import json, sys; codes = [m["params"]["code"] for m in json.load(sys.stdin)["messages"]'
    ' if "code" in m["params"]]; print(codes[0] if codes else "")\' || sleep 0.2)\n'
    "done\n"
    'echo "$CODE" > "$KEPT/$PHONE"'
)
A_MINUTE = (
    'curl -sS -X POST "$BASE/_test/clock" -H "content-type: application/json"'
    ' -d \'{"action": "advance", "seconds": 61}\' >/dev/null'
)
LENT = [
    "published", "published", "2", "firms_agreed", "asked", "asked", "drawn", "drawn", "signed", "consents_collecting",
    "drawn", "signed", "signed", "true",
]  # fmt: skip
SAID = [
    "[]", "published", "true", "confirmed", "waitlisted", "cancelled", "accepted", "on_duty", "ended_early", "agreed",
    "paid_by_employer", "settled",
]  # fmt: skip


def test_the_printed_sign_ins_play_the_page_as_written(
    urls: tuple[str, str], data_dir: Path, clean: None, tmp_path: Path
) -> None:
    """Every block in order: boss and workers sign in, a sentence becomes a shift, seats, hire by sight, hours, pay."""
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    script = "\n".join(blocks).replace(TYPED, READ)
    assert script.count("CODE=$(curl") == 3
    with live_service(urls, data_dir) as live:
        live.cli("seed", "--workers", "60", "--employers", "8", "--postings", "30").check_returncode()
        script = script.replace("BASE=http://127.0.0.1:8000", f"BASE={live.base}")
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    said = done.stdout.split()
    masked = said.pop(2)
    assert re.fullmatch(r"\w\*+", masked), masked
    assert said == SAID


def test_the_lending_is_played_as_written(urls: tuple[str, str], data_dir: Path, clean: None, tmp_path: Path) -> None:
    """Two firms and a worker: surplus, shortage, proposal, both yeses, the person's and the firms' signatures by codes;
    then the paper's hash is known."""
    helpers = re.findall(r"```bash\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    blocks = re.findall(r"```bash\n(.*?)```", LENDING.read_text(encoding="utf-8"), re.DOTALL)
    script = "\n".join([f"KEPT={tmp_path}", helpers, *blocks]).replace(TYPED, READ_AGAIN).replace("sleep 20", A_MINUTE)
    with live_service(urls, data_dir) as live:
        live.cli("seed", "--workers", "60", "--employers", "8", "--postings", "30").check_returncode()
        script = script.replace("BASE=http://127.0.0.1:8000", f"BASE={live.base}")
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    said = [each for each in done.stdout.split("\n") if each and not each.startswith("[")]
    assert said == LENT, done.stdout


def test_the_page_names_the_printed_numbers() -> None:
    """The phones of the page are those of the seeded city's first owner and workers."""
    from service.testing.people import GUIDES, MEMBER_PREFIX, WORKER_PREFIX

    phones = re.findall(r"^PHONE=(\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert phones == [f"{MEMBER_PREFIX}01000000", *(f"{WORKER_PREFIX}01{n:06d}" for n in GUIDES[:2])]


pytestmark = [clock.REAL, pytest.mark.skipif(not Path("/bin/bash").exists(), reason="the page is for a shell")]
