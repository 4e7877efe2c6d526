"""Settings from the environment, one table, documented in docs/settings.md; unsafe ones stop the start."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.faults import Faults
from service.signing import PublicKey, Signer
from service.vault import KEY_BYTES, load_or_make_key

Environment = Literal["development", "test", "production"]
LEAST_SIGNING_BYTES = 24
PLAIN = {"a valid integer": "a whole number", "a valid boolean": "true or false", "a valid number": "a number"}


class UnsafeSettings(Exception):
    """The service refuses to start with these settings; each reason is one sentence for the operator."""

    def __init__(self, reasons: list[str]):
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def variable_of(name: str) -> str:
    """The environment variable of a field or alias, as the operator wrote it."""
    field = Settings.model_fields.get(name)
    if field is None:
        return name
    return str(field.validation_alias or f"LINGGONG_{name.upper()}")


def reasons_of(wrong: ValidationError) -> list[str]:
    """A sentence for each setting that cannot be used: the variable, what it takes, its default; never the value."""
    return [
        f"{variable_of(name)} cannot be used: {_kindly(message)}; {_default_of(name)}"
        for name, message in ((str(found["loc"][0]), found["msg"]) for found in wrong.errors(include_input=False))
    ]


def _kindly(message: str) -> str:
    """The first clause of a library's sentence, in the small letter of a sentence's middle."""
    clause = message.split(", unable to")[0].replace("Input should be", "it should be")
    for word, plain in PLAIN.items():
        clause = clause.replace(word, plain)
    return clause[:1].lower() + clause[1:]


def _default_of(name: str) -> str:
    field = next((each for key, each in Settings.model_fields.items() if name in (key, each.validation_alias)), None)
    default = field.default if field is not None else None
    usual = f"unset means {default}, " if default not in (None, "") and not isinstance(default, SecretStr) else ""
    return f"{usual}docs/settings.md says more"


class Settings(BaseSettings):
    """What the operator may choose. Field descriptions make the table in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="LINGGONG_", extra="ignore", populate_by_name=True)

    env: Environment = Field("development", description="development, test or production")
    host: str = Field("127.0.0.1", description="address to listen on; development stays on loopback")
    port: int = Field(8000, ge=1, le=65535, description="port to listen on")
    data_dir: Path = Field(Path(".data"), description="folder for the embedded database and local keys")
    guard_dir: Path | None = Field(None, description="folder with rules of the posting guard in place of shipped ones")
    database_url: str = Field(
        "", validation_alias="DATABASE_URL", description="PostgreSQL of the service role; empty: embedded"
    )
    database_owner_url: str = Field(
        "",
        validation_alias="DATABASE_OWNER_URL",
        description="owner role, for migrations; empty: DATABASE_URL",
    )
    force_embedded: bool = Field(False, description="allow the embedded database in production")
    secret_key: SecretStr = Field(
        SecretStr(""), description="master key, 32 bytes in URL-safe base64; required in production"
    )
    secret_key_file: Path | None = Field(None, description="file that holds the master key")
    signing_key: SecretStr = Field(
        SecretStr(""), description="Ed25519 seed of signatures, 32 bytes in URL-safe base64; required in production"
    )
    signing_key_file: Path | None = Field(None, description="file that holds the seed of signatures")
    former_keys_file: Path | None = Field(
        None, description="public keys that signed before, with until, as GET /v1/keys shows them"
    )
    pool_size: int = Field(10, ge=2, le=100, description="database connections of each of the two pools")
    pools: bool = Field(
        True, description="people and open shifts in memory for rankings, about 210 bytes a person; off: by SQL"
    )
    zone_counts_seconds: float = Field(
        10.0, ge=0, le=300, description="how long a process keeps the counts of a zone's columns; 0: counted each time"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level logged")
    stop_delay_seconds: float = Field(2.0, ge=0, le=60, description="between SIGTERM and closing the door")
    stop_limit_seconds: float = Field(20.0, ge=1, le=120, description="longest time to finish requests")
    trusted_proxies: str = Field("", description="addresses whose X-Forwarded-For is believed, by comma")
    flood_limit_per_minute: int = Field(6000, ge=0, description="requests a minute from one address; 0: none")
    missing_answer_ms: int = Field(
        25, ge=0, le=1000, description="a 404 about an object comes no sooner: somebody else's takes as long as none"
    )
    codes_lifted: bool = Field(False, description="test only: no limits on one-time codes")
    feed_licence: str = Field("CC BY 4.0", description="licence of the open-data feed")
    feed_licence_url: str = Field(
        "https://creativecommons.org/licenses/by/4.0/deed.zh-hans", description="where that licence can be read"
    )
    feed_attribution: str = Field("", description="whom copies of the feed name as their source; empty: public address")
    cors_origins: str = Field("", description="origins allowed to call from a browser, by comma")
    sms_gateway: str = Field("console", description="console, or file:PATH; in test always the message sink")
    email_gateway: str = Field(
        "console", description="console, file:PATH, smtps://HOST or smtp://HOST (STARTTLS); in test always the sink"
    )
    email_from: str = Field("", description="address that e-mails come from; needed for SMTP")
    email_user: str = Field("", description="account at the SMTP server; empty: none is asked for")
    email_password: SecretStr = Field(SecretStr(""), description="password at the SMTP server")
    wechat_gateway: str = Field(
        "console",
        description="console, file:PATH, or the https address of the bridge to WeChat; in test always the sink",
    )
    wechat_secret: SecretStr = Field(
        SecretStr(""), description="key that signs what goes to the bridge, base64, perhaps after whsec_"
    )
    wechat_templates: Path | None = Field(
        None, description="file that maps messages to the account's templates; empty: the shipped example"
    )
    relay_gateway: str = Field("console", description="console, or file:PATH of the switch; in test always the sink")
    relay_numbers: str = Field("", description="numbers of the operator that may be lent for calls, by comma")
    public_url: str = Field("", description="address printed in QR codes; empty: from host and port")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="bearer token of /metrics; empty: this machine alone reads it, in production nobody"
    )
    anchor_url: str = Field(
        "", description="where the newest head of the sealed log is posted once a minute, to be kept; empty: nowhere"
    )
    tick_seconds: float = Field(1.0, gt=0, le=60, description="how often the jobs process looks for due work")
    webhook_receivers: str = Field(
        "", description="never in production: NAME=ADDRESS:PORT by comma, receivers of webhooks that may be inner"
    )
    faults: str = Field("", validation_alias="FAULTS", description="test only: fault points, see docs")

    @property
    def is_test(self) -> bool:
        return self.env == "test"

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def channels_offered(self) -> tuple[str, ...]:
        """Channels beside SMS that are set up; in production a console reaches nobody."""
        gateways = {"wechat": self.wechat_gateway, "email": self.email_gateway}
        return tuple(name for name, way in gateways.items() if way != "console" or not self.is_production)

    @property
    def base_url(self) -> str:
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    def check(self) -> None:
        """Raise UnsafeSettings with every reason (invariants H22, INV-52)."""
        reasons = []
        if not self.is_test and self.faults:
            reasons.append("FAULTS is set outside LINGGONG_ENV=test; unset it")
        if not self.is_test and self.codes_lifted:
            reasons.append("LINGGONG_CODES_LIFTED is set outside LINGGONG_ENV=test; unset it")
        if self.is_production and self.webhook_receivers:
            reasons.append("LINGGONG_WEBHOOK_RECEIVERS is set in production; unset it")
        if self.is_production and not (self.secret_key.get_secret_value() or self.secret_key_file):
            reasons.append("production needs LINGGONG_SECRET_KEY or LINGGONG_SECRET_KEY_FILE")
        if self.is_production and not (self.signing_key.get_secret_value() or self.signing_key_file):
            reasons.append("production needs LINGGONG_SIGNING_KEY or LINGGONG_SIGNING_KEY_FILE")
        if self.is_production and not self.database_url and not self.force_embedded:
            reasons.append("production needs DATABASE_URL (or LINGGONG_FORCE_EMBEDDED=true for one station)")
        if self.env == "development" and self.host not in {"127.0.0.1", "localhost", "::1"}:
            reasons.append(
                "LINGGONG_HOST may be 127.0.0.1, localhost or ::1 only while LINGGONG_ENV is development; "
                "leave it out, or set LINGGONG_ENV=production with what docs/settings.md lists for it"
            )
        scheme = self.anchor_url.partition("://")[0]
        if self.anchor_url and scheme != "https" and (self.is_production or scheme != "http"):
            reasons.append("LINGGONG_ANCHOR_URL is no https:// address")
        for variable, gateway in (("SMS", self.sms_gateway), ("RELAY", self.relay_gateway)):
            if gateway != "console" and not gateway.startswith("file:"):
                reasons.append(f"LINGGONG_{variable}_GATEWAY is neither console nor file:PATH")
        reasons += self._unsafe_channels()
        for read in (lambda: Faults.parse(self.faults), self.rehearsed_receivers):
            try:
                read()
            except ValueError as wrong:
                reasons.append(str(wrong))
        if reasons:
            raise UnsafeSettings(reasons)

    def _unsafe_channels(self) -> list[str]:
        """What is wrong with e-mail and WeChat."""
        reasons = []
        way = self.email_gateway
        if way != "console" and not re.fullmatch(r"file:.+|smtps?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", way):
            reasons.append("LINGGONG_EMAIL_GATEWAY is neither console, file:PATH, smtps://HOST nor smtp://HOST")
        if way.startswith("smtp") and not re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+", self.email_from):
            reasons.append("LINGGONG_EMAIL_FROM is not an address; SMTP needs one")
        way = self.wechat_gateway
        if way != "console" and not re.fullmatch(r"file:.+|https://\S+", way):
            reasons.append("LINGGONG_WECHAT_GATEWAY is neither console, file:PATH nor an https address")
        if way.startswith("https:"):
            try:
                key = base64.b64decode(self.wechat_secret.get_secret_value().removeprefix("whsec_"), validate=True)
            except ValueError:
                key = b""
            if len(key) < LEAST_SIGNING_BYTES:
                reasons.append(f"LINGGONG_WECHAT_SECRET is not {LEAST_SIGNING_BYTES} bytes or more in base64")
        if self.wechat_templates is not None and not self.wechat_templates.is_file():
            reasons.append("LINGGONG_WECHAT_TEMPLATES names no file")
        return reasons

    def rehearsed_receivers(self) -> dict[str, tuple[str, int]]:
        """Names of receivers beside the service with address and port; none in production. Raises ValueError."""
        found = {}
        for part in filter(None, map(str.strip, self.webhook_receivers.split(","))) if not self.is_production else ():
            match = re.fullmatch(r"([a-z0-9.-]+)=([0-9.]+):([0-9]{1,5})", part)
            if match is None:
                raise ValueError(f"LINGGONG_WEBHOOK_RECEIVERS: {part!r} is not NAME=ADDRESS:PORT")
            found[match[1]] = (match[2], int(match[3]))
        return found

    def master_key(self) -> bytes:
        """The 32 bytes. Raises UnsafeSettings when they are malformed."""
        return self._key("SECRET_KEY", self.secret_key, self.secret_key_file, self.data_dir / "secret.key")

    def signer(self) -> Signer:
        """Who signs for the service. Raises UnsafeSettings when a key is malformed."""
        seed = self._key("SIGNING_KEY", self.signing_key, self.signing_key_file, self.data_dir / "signing.key")
        return Signer(seed, self._former_keys())

    def _former_keys(self) -> list[PublicKey]:
        if self.former_keys_file is None:
            return []
        text = self._text_in("FORMER_KEYS_FILE", self.former_keys_file)
        try:
            return [PublicKey.read(key) for key in json.loads(text)["keys"]]
        except (ValueError, KeyError, TypeError) as wrong:
            raise UnsafeSettings([f"LINGGONG_FORMER_KEYS_FILE cannot be used: {wrong}"]) from None

    def _key(self, name: str, given: SecretStr, file: Path | None, own: Path) -> bytes:
        text = given.get_secret_value()
        if not text and file:
            text = self._text_in(f"{name}_FILE", file)
        if not text:
            return load_or_make_key(own)
        try:
            key = base64.urlsafe_b64decode(text)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise UnsafeSettings([f"LINGGONG_{name} is not 32 bytes in URL-safe base64"])
        return key

    @staticmethod
    def _text_in(name: str, path: Path) -> str:
        try:
            return path.read_text().strip()
        except (OSError, ValueError) as wrong:
            raise UnsafeSettings([f"LINGGONG_{name} cannot be read ({type(wrong).__name__})"]) from None
