"""Shapes of channels and preferences."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from service.channels.rules import LONGEST_ADDRESS, OPEN_CODE_DIGITS, OPEN_ID, Channel, Topic
from service.http.types import In, Moment, OneTimeCode, Out, TimeOfDay, digits, line

Language = Literal["zh-CN", "en"]
Wanted = Annotated[list[Channel], Field(max_length=3)]
OpenCodeText = digits(OPEN_CODE_DIGITS, OPEN_CODE_DIGITS, "code_format")


class ChannelOut(Out):
    """`none`, `waiting` (for its code) or `bound`; `offered`: the operator has set this channel up."""

    channel: Channel
    state: Literal["none", "waiting", "bound"]
    offered: bool
    address_masked: str | None
    bound_at: Moment | None


class ChannelsOut(Out):
    """Every channel there is, in the usual order."""

    items: list[ChannelOut]


class EmailIn(In):
    """A plain address: name@domain."""

    address: line(LONGEST_ADDRESS, 3)  # type: ignore[valid-type]


class EmailCodeOut(Out):
    """Where the code went (masked), and for how many seconds it is good."""

    channel: str
    address_masked: str
    expires_in: int


class EmailConfirmIn(In):
    """The code that came to the address."""

    code: OneTimeCode


class WechatCodeOut(Out):
    """Figures to be sent to the official account from the own WeChat; `expires_in` in seconds."""

    code: str
    expires_in: int


class WechatBindIn(In):
    """What arrived at the official account: the figures, and whose WeChat they came from."""

    code: OpenCodeText  # type: ignore[valid-type]
    open_id: Annotated[str, StringConstraints(pattern=OPEN_ID)]


class WechatBindOut(Out):
    """`bound`, `code_unknown` (wrong, spent or run out) or `too_often` (wrong ones from this account)."""

    outcome: Literal["bound", "code_unknown", "too_often"]


class QuietIn(In):
    """Own quiet hours, by the clocks of Shanghai; they may span midnight."""

    begins: TimeOfDay
    ends: TimeOfDay


class QuietOut(Out):
    """Own quiet hours."""

    begins: TimeOfDay
    ends: TimeOfDay


class TopicOut(Out):
    """Channels in the order in which they are tried; empty: the inbox alone. `always`: it cannot be switched off."""

    topic: Topic
    label: str
    channels: list[Channel]
    chosen: bool
    always: bool


class PreferencesOut(Out):
    """`version` 0: nothing has been chosen yet. `quiet` and `language` null: as the service does for everybody."""

    version: int
    language: Language | None
    quiet: QuietOut | None
    topics: list[TopicOut]


class PreferencesPatch(In):
    """What is left out stays; null takes a choice back."""

    language: Language | None = None
    quiet: QuietIn | None = None
    topics: dict[Topic, Wanted | None] | None = Field(
        default=None, description="channels in their order, by topic; an empty list leaves it in the inbox"
    )
