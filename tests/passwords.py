"""Passwords at a cost that tests can bear: what the product takes is 64 MiB and a tenth of a second of several cores each."""

import sys
from typing import Any

from argon2 import PasswordHasher

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""The costs stand in the hash: logging in with a password that was hashed like this takes no time."""


def hash_cheaply() -> None:
    """Let this process hash, and refuse unknown names, at the cost of `CHEAP`; one test looks at the real one."""
    accounts: Any = sys.modules.get("app.services.accounts.accounts")
    if accounts is not None:  # nothing is imported for tests that know of no accounts
        accounts._hasher, accounts._ABSENT = CHEAP, CHEAP.hash("nobody has this password")
