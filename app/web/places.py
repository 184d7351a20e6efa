"""How many may do something heavy at one moment, remembered by this process alone: with several the bound is a multiple."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask

from app.domain.errors import TryAgain

_KEY = "gongjiang.places"


@contextmanager
def place(app: Flask, purpose: str, *, most: int, sentence: str) -> Iterator[None]:
    """Hold one of `most` places for as long as the block takes. Raises `TryAgain` with the sentence when all are taken: nobody waits."""
    places = cast(dict[str, threading.BoundedSemaphore], app.extensions.setdefault(_KEY, {}))
    taken = places.setdefault(purpose, threading.BoundedSemaphore(most))
    if not taken.acquire(blocking=False):
        raise TryAgain("places.taken", sentence)
    try:
        yield
    finally:
        taken.release()
