"""Says whether dkimpy believes a mail's signature: reads {"mail", "record"} as JSON, prints good, bad or unable."""

import json
import sys

import dkim

asked = json.load(sys.stdin)
mail = asked["mail"].encode()
record = asked["record"].encode()
if b"a=ed25519" in mail.split(b"\r\n")[0]:
    try:
        import nacl.signing  # noqa: F401
    except ImportError:
        print("unable")
        sys.exit()
try:
    good = dkim.verify(mail, dnsfunc=lambda name, timeout=5: record)
except dkim.DKIMException:
    good = False
print("good" if good else "bad")
