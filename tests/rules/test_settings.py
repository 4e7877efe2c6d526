"""Settings: what is wrong is said with the variable's own name and what it takes, and never with its value."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from service.cli.refusals import explained
from service.settings import Settings, UnsafeSettings


@pytest.mark.parametrize(
    ("variable", "value", "takes"),
    [
        ("LINGGONG_PORT", "abc", "a whole number"),
        ("LINGGONG_PORT", "99999", "65535"),
        ("LINGGONG_ENV", "live", "'development', 'test' or 'production'"),
        ("LINGGONG_CODES_LIFTED", "perhaps", "true or false"),
        ("LINGGONG_TICK_SECONDS", "soon", "a number"),
    ],
)
def test_a_wrong_setting_is_named_by_its_variable(
    variable: str, value: str, takes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names the variable and what it takes; the value may be a secret and is not repeated."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError) as wrong:
        Settings()
    [line] = explained(wrong.value) or []
    assert line.startswith(f"{variable} cannot be used: ")
    assert takes in line
    assert "docs/settings.md" in line
    assert value not in line


def test_reasons_of_sense_name_variables_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A host of the network, an unknown gateway and a key file that is not there each name their variable."""
    for name in ("LINGGONG_SECRET_KEY", "FAULTS"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings(env="development", host="0.0.0.0", sms_gateway="pigeon", relay_gateway="owl")
    with pytest.raises(UnsafeSettings) as unsafe:
        settings.check()
    named = [reason.split()[0] for reason in unsafe.value.reasons]
    assert named == ["LINGGONG_HOST", "LINGGONG_SMS_GATEWAY", "LINGGONG_RELAY_GATEWAY"]
    with pytest.raises(UnsafeSettings, match="LINGGONG_SECRET_KEY_FILE cannot be read"):
        Settings(secret_key_file=tmp_path / "nowhere").master_key()
