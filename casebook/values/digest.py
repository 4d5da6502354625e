"""Content keys: the SHA-256 of bytes."""

from __future__ import annotations

import hashlib


def digest(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
