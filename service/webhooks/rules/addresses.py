"""Where a webhook may lead: addresses as they are written, and the numbers that a name turns out to be.

The form is narrow on purpose. Only names are taken, never numbers, so that no spelling of an inner address (decimal,
octal, hexadecimal, with a zone, in brackets, with foreign dots) has to be recognised; and whatever a name resolves
to is looked at before each connection, which goes to the very address that was looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

LONGEST = 1000
PORTS = frozenset({443, 8443})
_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z]+)://(?P<host>[^/?#:@\[\]\\]*)(:(?P<port>[0-9]{1,5}))?(?P<rest>[/?][^#\\]*)?"
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LAST = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
# Names that mean nothing, or something inner, in the public name system (RFC 6761, 6762, 8375, ICANN's .internal).
INNER_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "home.arpa", "onion",
               "invalid", "arpa")  # fmt: skip

# IANA's special-purpose registries (2026), and addresses that clouds serve their secrets at.
_INNER4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
]  # fmt: skip
_OUTER6 = IPv6Network("2000::/3")
_INNER6 = [
    IPv6Network(text)
    for text in (
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
]  # fmt: skip
_TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64: the last 32 bits are the address that is reached


class AddressRefused(Exception):
    """A webhook cannot lead there; `code` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's address, taken apart. `host` is a lower-case name, `path` begins with a slash."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The name with its port where that is not the usual one."""
        usual = {"https": 443, "http": 80}[self.scheme]
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def parse_address(text: str, *, plain: bool = False, known: frozenset[str] = frozenset()) -> Target:
    """An https address of a public name, at port 443 or 8443.

    `plain` takes http too (outside production); names in `known` (a rehearsal's own receivers) may use http and any
    port. Raises AddressRefused: webhook_address_format, _scheme, _name, _port.
    """
    if len(text) > LONGEST or not re.fullmatch(r"[\x21-\x7e]+", text):
        raise AddressRefused("webhook_address_format")
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise AddressRefused("webhook_address_format")
    scheme, host = found["scheme"].lower(), found["host"].lower()
    rehearsed = host in known
    if scheme != "https" and not (scheme == "http" and (plain or rehearsed)):
        raise AddressRefused("webhook_address_scheme")
    if not rehearsed:
        _check_name(host)
    port = int(found["port"] or {"https": 443, "http": 80}[scheme])
    if not rehearsed and port not in PORTS | ({80} if scheme == "http" else set()):
        raise AddressRefused("webhook_address_port")
    rest = found["rest"] or "/"
    return Target(scheme, host, port, rest if rest.startswith("/") else f"/{rest}")


def _check_name(host: str) -> None:
    labels = host.split(".")
    written = len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels) and _LAST.fullmatch(labels[-1])
    inner = any(host == name or host.endswith(f".{name}") for name in INNER_NAMES)
    if not written or len(labels) < 2 or inner:
        raise AddressRefused("webhook_address_name")


def is_inner(text: str) -> bool:
    """Whether an address (of a resolver's answer) is anything but a public unicast one; what cannot be read is."""
    try:
        address = ip_address(text)
    except ValueError:
        return True
    return _is_inner4(address) if isinstance(address, IPv4Address) else _is_inner6(address)


def _is_inner4(address: IPv4Address) -> bool:
    return any(address in network for network in _INNER4)


def _is_inner6(address: IPv6Address) -> bool:
    """IPv4-mapped and NAT64 addresses are what they lead to; 6to4 and Teredo lead wherever their writer wants."""
    if address.scope_id is not None:
        return True
    if address.ipv4_mapped is not None:
        return _is_inner4(address.ipv4_mapped)
    if address in _TRANSLATED:
        return _is_inner4(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address not in _OUTER6 or any(address in network for network in _INNER6)


__all__ = ["LONGEST", "PORTS", "AddressRefused", "Target", "is_inner", "parse_address"]
