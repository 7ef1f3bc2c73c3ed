"""Passwords: the rules for a new one, hashing, and a comparison that costs the same for nobody."""

import base64
import hashlib
import logging
import secrets
import unicodedata
from functools import lru_cache
from typing import Any, NewType

from workbench.errors import Refused

PasswordHash = NewType("PasswordHash", str)

CHARACTERS_MIN = 10
CHARACTERS_MAX = 500
DIFFERENT_CHARACTERS_MIN = 5


def new_password_hash(password: str, username: str) -> PasswordHash:
    """Check a new password by the rules and hash it; call it outside a transaction (0.2 s).

    Length and variety, no composition rules: a Persian sentence is a good password.
    """
    normal = unicodedata.normalize("NFC", password)
    if len(normal) < CHARACTERS_MIN:
        raise Refused("password_too_short", minimum=CHARACTERS_MIN)
    if len(normal) > CHARACTERS_MAX:
        raise Refused("password_too_long", maximum=CHARACTERS_MAX)
    if len(set(normal.lower())) < DIFFERENT_CHARACTERS_MIN:
        raise Refused("password_too_simple", minimum=DIFFERENT_CHARACTERS_MIN)
    if username and username.lower() in normal.lower():
        raise Refused("password_holds_username")
    return hash_password(normal)


def hash_password(password: str) -> PasswordHash:
    """The bcrypt hash of a password of any length (SHA-256 first); takes about 0.2 s."""
    return PasswordHash(_hasher().hash(_digest(password)))


def is_right_password(password: str, stored: str | None) -> bool:
    """Compare with the stored hash; without one the same work is done for nothing."""
    is_equal = _hasher().check_pw(_digest(password), stored or _nobodys_hash())
    return bool(is_equal) and stored is not None


@lru_cache(maxsize=1)
def _hasher() -> Any:
    """The hasher of streamlit-authenticator, loaded late: the package brings Streamlit along.

    Its import warns on the log about a missing page run, which means nothing here.
    """
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        from streamlit_authenticator import Hasher
    finally:
        logging.disable(level)
    return Hasher


def _digest(password: str) -> str:
    normal = unicodedata.normalize("NFC", password).encode("utf-8", "replace")
    return base64.b64encode(hashlib.sha256(normal).digest()).decode()


@lru_cache(maxsize=1)
def _nobodys_hash() -> PasswordHash:
    return hash_password(secrets.token_hex())


def prepare_comparison() -> None:
    """Make the hash for unknown users now: else the first one would take twice as long."""
    _nobodys_hash()
