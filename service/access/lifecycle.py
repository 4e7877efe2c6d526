"""States of staff accounts, kiosk devices and integrators' keys."""

from service.lifecycle import Lifecycle

STAFF = Lifecycle("staff", ("active",), {("active", "close"): "closed", ("closed", "reopen"): "active"})
DEVICE = Lifecycle("device", ("enrolled",), {("enrolled", "revoke"): "revoked"})
API_KEY = Lifecycle("api_key", ("active",), {("active", "revoke"): "revoked"})
