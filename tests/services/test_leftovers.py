"""What a killed upload leaves behind goes with the clock's tick, and nothing that is still under way."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.files.store import FileStore
from app.services.casework.attachments import sweep_leftovers
from tests.services.world import World


def test_files_that_were_left_half_received_go_after_a_day(listed: World, tmp_path: Path) -> None:
    context, incoming = replace(listed.context, files=FileStore(str(tmp_path))), tmp_path / "incoming"
    incoming.mkdir()
    now = context.clock()
    for name, age in (("left", timedelta(days=2)), ("coming", timedelta(hours=1))):
        (incoming / name).write_bytes(b"half")
        os.utime(incoming / name, times=((now - age).timestamp(),) * 2)
    assert sweep_leftovers(context) == 1
    assert [path.name for path in incoming.iterdir()] == ["coming"]
