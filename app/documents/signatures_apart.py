"""Signatures of strangers' PDFs are judged apart: a kilobyte can keep the library busy for longer than anybody lives."""

import json
from collections.abc import Collection

from app.documents.apart import run_apart
from app.documents.signatures import Judgement

TIME_LIMIT = 15.0
WORKER = "app.documents.signatures_worker"


def judge_apart(pdf: bytes, *, trusted: Collection[str]) -> Judgement:
    """Return what `judge` says of a PDF; one that breaks the limits of time or memory is no paper of ours and judged broken.

    Starts a child process and ends it, unless there is no signature at all. Writes nothing.
    """
    # A signature names the bytes that it covers in the open, since it lies among them: without that there is nothing to read.
    if b"/ByteRange" not in pdf:
        return Judgement("unsigned")
    job = json.dumps(sorted(trusted)).encode() + b"\n" + pdf
    said = run_apart(WORKER, job, time_limit=TIME_LIMIT)
    if said is None:
        return Judgement("broken")
    return Judgement(**json.loads(said))
