"""A receiver of webhooks, for trying them out: it believes what is signed, and prints it.

python receive.py PORT SECRET
"""

import base64
import hashlib
import hmac
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

PORT, SECRET = int(sys.argv[1]), base64.b64decode(sys.argv[2].removeprefix("whsec_"))
SEEN: set[str] = set()


def believable(headers, body: bytes) -> bool:
    """Signed by one of the secrets, and not long ago."""
    name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signed = hmac.digest(SECRET, f"{name}.{at}.".encode() + body, hashlib.sha256)
    ours = "v1," + base64.b64encode(signed).decode()
    fresh = at.isdigit() and abs(time.time() - int(at)) < 300
    return fresh and any(hmac.compare_digest(ours, each) for each in headers.get("webhook-signature", "").split())


class Receiver(BaseHTTPRequestHandler):
    """One POST each."""

    def do_POST(self) -> None:
        """204 for what is signed, also when it comes twice; 400 for the rest."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if not believable(self.headers, body):
            self.send_error(400, "not signed with this secret")
            return
        self.send_response(204)
        self.end_headers()
        if self.headers["webhook-id"] not in SEEN:
            SEEN.add(self.headers["webhook-id"])
            sys.stdout.write(body.decode() + "\n")
            sys.stdout.flush()


HTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
