"""How a gateway says no: for good, or for now. Codes only: what went wrong elsewhere may hold an address."""

from __future__ import annotations


class ChannelRefused(Exception):
    """This address or message will not be taken, however often it is sent; the next channel has its turn."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class GatewayFailed(Exception):
    """Not now; perhaps later."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code
