"""Web server and worker together, as children of one command; and where a browser finds the server."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from app.domain.errors import DomainError

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0
_PAUSE = 0.2
"""Seconds between two looks at the children and at what was told, the longest that Ctrl+C waits."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # compared, not bound
"""All addresses of the machine -> the one by which the machine itself gets there."""


def require_free_port(host: str, port: int) -> None:
    """Refuse an address on which another program listens already, or which this machine does not have."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sentence = (
                f"不能在 {host}:{port} 上提供服务：端口已被占用，或者本机没有这个地址。请停止占用的程序，或用 --port 换一个端口。"
            )
            raise DomainError("server.port", sentence) from error


def site_address(host: str, port: int) -> str:
    """Return the address at which a browser on this machine finds what listens there."""
    name = _ANYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def run_together(*, host: str, port: int, environment: Mapping[str, str], ready: Callable[[], None]) -> None:
    """Run server and worker as children until Ctrl+C or SIGTERM, then stop both by their own process ids.

    `environment` is what they read their settings from. `ready` is called once the server answers. Raises `DomainError` when one of them ends by itself.
    """
    require_free_port(host, port)
    children: list[subprocess.Popen[bytes]] = []
    # Noted and looked at, not raised: an exception out of nowhere may leave the lock of a child held for ever. And set for both, because
    # whoever is started in the background of a script inherits a Ctrl+C that is ignored.
    told: list[int] = []
    before = {number: signal.signal(number, lambda number, _: told.append(number)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for arguments in (("worker",), ("serve", "--host", host, "--port", str(port))):
            children.append(_child(*arguments, environment=environment))
        if _await_answer(children, host=host, port=port, told=told):
            ready()
        while not told:
            if any(child.poll() is not None for child in children):
                raise DomainError("server.ended", "网站或后台进程意外退出，已全部停止。请查看上面的输出，再重新启动。")
            time.sleep(_PAUSE)
    finally:
        _stop(children)  # a second Ctrl+C is only noted as well, and leaves no child behind
        for number, handler in before.items():
            signal.signal(number, handler)


def _child(*arguments: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl+C reaches the parent only, which stops the children in order.
    return subprocess.Popen([sys.executable, "-m", "app.cli", *arguments], cwd=ROOT, env=environment, start_new_session=True)


def _await_answer(children: list[subprocess.Popen[bytes]], *, host: str, port: int, told: list[int]) -> bool:
    """Return True once the server answers, False when a signal is noted before."""
    until = time.monotonic() + _PATIENCE
    target = _ANYWHERE.get(host, host)
    while time.monotonic() < until and all(child.poll() is None for child in children):
        if told:
            return False
        try:
            socket.create_connection((target, port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.1)
    raise DomainError("server.silent", "网站没有启动成功。请查看上面的输出，或先运行 gongjiang serve 单独查看原因。")


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
