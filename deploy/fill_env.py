"""Fill every empty variable of the secrets part of .env.example with a random one: `make env`. Needs nothing but Python."""

import base64
import secrets
import sys

SECRETS, YOURS = "# --- secrets", "# --- yours"

inside = False
for line in sys.stdin:
    inside = (inside or line.startswith(SECRETS)) and not line.startswith(YOURS)
    name, is_variable, value = line.rstrip("\n").partition("=")
    if inside and is_variable and not value:
        # hexadecimal, because passwords become parts of addresses; Fernet wants 32 bytes in base64
        value = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() if name == "AIRFLOW_FERNET_KEY" else secrets.token_hex(24)
        line = f"{name}={value}\n"
    sys.stdout.write(line)
