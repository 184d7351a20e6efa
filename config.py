"""Where the system runs and with what: every setting, its variable, its default. Standard library only.

Each field of `Config` is set by the environment variable of the same name in capitals with `GONGJIANG_` before it,
for example `GONGJIANG_DATABASE_URL`. Outside production everything has a default, so that a fresh clone starts without
any; in production the secrets must be given, and never lie in the folder of the data they protect.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, cast, get_args

PREFIX = "GONGJIANG_"

Environment = Literal["production", "demo", "test"]

Encryption = Literal["none", "starttls", "implicit"]

DEMO_CREDENTIAL = "演示签名证书.p12"
"""The credential that a demonstration makes for itself, in `instance/`; its name says what papers signed with it are worth."""

DATABASES = ("sqlite:///", "postgresql+psycopg://")

SECRETS = ("secret_key", "data_key", "audit_key")


class ConfigError(Exception):
    """The system cannot start like this; the message tells the operator, in Chinese, what to set."""


@dataclass(frozen=True)
class Config:
    """All settings, checked. Hand it on; nothing else reads the environment."""

    instance_path: Path
    """Folder of everything that this installation writes: database, files, queue, generated secrets."""
    environment: Environment
    """`production` for service; `demo` (default) with sample data on one machine; `test` in the test suite."""
    database_url: str
    """SQLAlchemy URL. Default: SQLite in `instance/gongjiang.db`; for more than one machine `postgresql+psycopg://…`."""
    files_url: str
    """Folder of uploads and papers (default `instance/files`), or the URL of an S3-compatible store."""
    huey_url: str
    """Queue of background jobs: a file (default `instance/queue.db`), or `redis://…`, or `postgresql://…`."""

    secret_key: str
    """Signs sessions and form tokens. Changing it logs everybody out."""
    data_key: str
    """Encrypts identity and bank numbers: 32 bytes in URL-safe base64. Losing it loses those numbers."""
    audit_key: str
    """Keys the hash chain of the audit log: 32 bytes in URL-safe base64."""

    smtp_host: str
    """Mail server; without one (default) a demonstration shows mail in the console, and in production the bell alone tells."""
    smtp_port: int
    """Default 25; with `smtp_tls=implicit` usually 465, with `starttls` 587."""
    smtp_user: str
    smtp_password: str
    smtp_tls: Encryption
    smtp_sender: str
    """Sender's address of every mail."""

    signing_credential: str
    """PKCS#12 file (key and certificate) that papers are signed with. Outside production one of a demonstration is made."""
    signing_password: str
    """Password of that file."""

    seal_service: str
    """Address of the adapter before a certified electronic seal service; without one (default) papers are sealed on paper."""
    seal_service_token: str
    """What the adapter knows this installation by."""
    seal_service_name: str
    """What people read the service as."""

    public_base_url: str
    """Address under which people reach the system, without a slash at the end; printed in mails and QR codes."""
    idle_minutes: int
    """Minutes without a request after which a session ends (default 30; GB/T 22239 asks for a limit)."""
    upload_limit_mb: int
    """Largest single upload, in MiB (default 20)."""
    verifications_at_once: int
    """Files of certificates that one process of the server examines at a time (default 2); each takes a process of up to 800 MB."""
    cookie_secure: bool
    """Send the session cookie over HTTPS only. Default: when `public_base_url` is HTTPS."""
    cookie_name: str
    trusted_proxies: int
    """Number of reverse proxies in front whose `X-Forwarded-*` headers are believed (default 0: none)."""

    @property
    def in_production(self) -> bool:
        """Tell whether real people's data are at stake."""
        return self.environment == "production"

    @property
    def upload_limit_bytes(self) -> int:
        """Return the largest upload in bytes."""
        return self.upload_limit_mb * 1024 * 1024

    @classmethod
    def from_environment(cls, instance_path: Path, environ: Mapping[str, str] = os.environ) -> Self:
        """Read and check every setting; create the folder, and outside production its `secrets.json`. Raises `ConfigError`."""
        read, instance_path = Reader(environ), instance_path.absolute()
        environment = cast(Environment, read.choice("environment", "demo", get_args(Environment)))
        in_production = environment == "production"
        make_folder(instance_path)
        base_url = read.address("public_base_url", "" if in_production else "http://127.0.0.1:8000")
        given = {name: read.text(name, "") for name in SECRETS}
        keys = required(given) if in_production else completed(given, instance_path / "secrets.json")
        return cls(
            instance_path=instance_path,
            environment=environment,
            database_url=read.database("database_url", f"sqlite:///{instance_path / 'gongjiang.db'}"),
            files_url=read.text("files_url", str(instance_path / "files")),
            huey_url=read.text("huey_url", str(instance_path / "queue.db")),
            secret_key=keys["secret_key"],
            data_key=key_of_32_bytes("data_key", keys["data_key"]),
            audit_key=key_of_32_bytes("audit_key", keys["audit_key"]),
            smtp_host=read.text("smtp_host", ""),
            smtp_port=read.number("smtp_port", 25, 1, 65535),
            smtp_user=read.text("smtp_user", ""),
            smtp_password=read.text("smtp_password", ""),
            smtp_tls=cast(Encryption, read.choice("smtp_tls", "none", get_args(Encryption))),
            smtp_sender=read.text("smtp_sender", "gongjiang@localhost"),
            signing_credential=read.text("signing_credential", "" if in_production else str(instance_path / DEMO_CREDENTIAL)),
            signing_password=read.text("signing_password", "" if in_production else "demo"),
            seal_service=read.optional_address("seal_service"),
            seal_service_token=read.text("seal_service_token", ""),
            seal_service_name=read.text("seal_service_name", "电子印章服务"),
            public_base_url=base_url,
            idle_minutes=read.number("idle_minutes", 30, 5, 24 * 60),
            upload_limit_mb=read.number("upload_limit_mb", 20, 1, 2048),
            verifications_at_once=read.number("verifications_at_once", 2, 1, 32),
            cookie_secure=read.switch("cookie_secure", base_url.startswith("https://")),
            cookie_name=read.text("cookie_name", "gongjiang"),
            trusted_proxies=read.number("trusted_proxies", 0, 0, 5),
        )


@dataclass(frozen=True)
class Reader:
    """Reads single settings and refuses what cannot be meant."""

    environ: Mapping[str, str]

    def text(self, name: str, default: str) -> str:
        """Return the variable without surrounding blanks, or the default when it is missing or empty."""
        return self.environ.get(PREFIX + name.upper(), "").strip() or default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """Return one of the allowed words."""
        value = self.text(name, default)
        if value not in allowed:
            raise ConfigError(f"{PREFIX}{name.upper()} 只能是 {'、'.join(allowed)} 之一，不能是“{value}”。")
        return value

    def switch(self, name: str, default: bool) -> bool:
        """Return what `yes` or `no` stands for."""
        return self.choice(name, "yes" if default else "no", ("yes", "no")) == "yes"

    def optional_address(self, name: str) -> str:
        """Return the web address of another system without a slash at the end, empty when none is given."""
        value = self.text(name, "").rstrip("/")
        if value and not value.startswith(("https://", "http://")):
            raise ConfigError(f"{PREFIX}{name.upper()} 应是网址，例如 https://seal.example.gov.cn/api，不能是“{value}”。")
        return value

    def address(self, name: str, default: str) -> str:
        """Return a web address without a slash at the end."""
        value = self.text(name, default).rstrip("/")
        if not value.startswith(("https://", "http://")):
            example = f"请设置 {PREFIX}{name.upper()}，例如 https://gongjiang.example.gov.cn"
            raise ConfigError(f"{example}：邮件和二维码里的网址由它组成。")
        return value

    def database(self, name: str, default: str) -> str:
        """Return the URL of a database of one of the two kinds that the system runs on."""
        value = self.text(name, default)
        if not value.startswith(DATABASES):
            raise ConfigError(f"{PREFIX}{name.upper()} 应以 {' 或 '.join(DATABASES)} 开头，不能是“{value}”。")
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number within bounds."""
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            raise ConfigError(f"{PREFIX}{name.upper()} 应为 {low} 到 {high} 之间的整数，不能是“{value}”。")
        return int(value)


def make_folder(path: Path) -> None:
    """Make the folder of the installation where it is missing, or raise `ConfigError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"不能建立文件夹 {path}。请换一个位置，或检查上级文件夹的权限。") from error


def new_key() -> str:
    """Return 32 random bytes in URL-safe base64, the form in which keys are given."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def key_of_32_bytes(name: str, value: str) -> str:
    """Return the key as it was given, or raise `ConfigError` when it is not 32 bytes in URL-safe base64."""
    try:
        raw = base64.b64decode(value, altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ConfigError(f"{PREFIX}{name.upper()} 应为 32 字节密钥的 URL-safe base64 文本（44 个字符）。{HOW_TO_MAKE_A_KEY}")
    return value


HOW_TO_MAKE_A_KEY = (
    "可用命令生成：python3 -c 'import base64,secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())'，"
    "并另行妥善备份。"
)


def required(given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the secrets of a production system, or raise `ConfigError` naming those that are missing or too short."""
    missing = [PREFIX + name.upper() for name in SECRETS if not given[name]]
    if missing:
        raise ConfigError(f"生产环境必须通过环境变量提供密钥，缺少：{'、'.join(missing)}。{HOW_TO_MAKE_A_KEY}")
    if len(given["secret_key"]) < 32:
        raise ConfigError(f"{PREFIX}SECRET_KEY 太短，至少需要 32 个字符。{HOW_TO_MAKE_A_KEY}")
    if len(set(given.values())) < len(SECRETS):
        raise ConfigError("三个密钥必须各不相同：一个泄露时，另外两个仍然有效。")
    return given


def completed(given: Mapping[str, str], path: Path) -> Mapping[str, str]:
    """Return the secrets, those that are not given from the file, which is written (mode 0600) when it does not exist."""
    if all(given.values()):
        return given
    if not path.exists():
        # Written aside and linked into place: of two processes that start together, both use what the first one wrote.
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({name: new_key() for name in SECRETS}, file, indent=1)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # The other process was first.
        finally:
            draft.unlink()
    try:
        kept: dict[str, str] = json.loads(path.read_text())
        return {name: given[name] or kept[name] for name in SECRETS}
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"密钥文件 {path} 已损坏。请从备份恢复；没有重要数据时可删除它，系统会重新生成。") from error
