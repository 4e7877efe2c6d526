"""What others may ask of messages: the sentence that somebody has read."""

from __future__ import annotations

from typing import Any

from service.messages.rendering import message_text

PORTS: dict[str, Any] = {"messages.sentence": message_text}
