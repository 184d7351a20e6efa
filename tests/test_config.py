"""Settings: defaults outside production, refusals in it, secrets that nobody else can read."""

import json
import stat
from pathlib import Path

import pytest

from config import SECRETS, Config, ConfigError, new_key


def production(**changes: str) -> dict[str, str]:
    """Return the environment of a production system, changed here and there."""
    values = {name.upper(): new_key() for name in SECRETS}
    values |= {"ENVIRONMENT": "production", "PUBLIC_BASE_URL": "https://gongjiang.example.gov.cn"} | changes
    return {f"GONGJIANG_{name}": value for name, value in values.items()}


def test_a_fresh_clone_starts_without_any_variable(tmp_path: Path) -> None:
    config = Config.from_environment(tmp_path / "instance", {})
    assert config.database_url == f"sqlite:///{tmp_path}/instance/gongjiang.db"
    assert config.environment == "demo"
    assert config.upload_limit_bytes == 20 * 1024 * 1024
    assert not config.cookie_secure


def test_generated_secrets_are_kept_and_private(tmp_path: Path) -> None:
    first = Config.from_environment(tmp_path, {})
    assert Config.from_environment(tmp_path, {}) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]
    assert len({first.secret_key, first.data_key, first.audit_key}) == 3


def test_a_given_secret_comes_before_a_generated_one(tmp_path: Path) -> None:
    key = new_key()
    assert Config.from_environment(tmp_path, {"GONGJIANG_DATA_KEY": key}).data_key == key


def test_a_damaged_secrets_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text(json.dumps({"secret_key": "x"}))
    with pytest.raises(ConfigError, match="已损坏"):
        Config.from_environment(tmp_path, {})
    assert (tmp_path / "secrets.json").read_text() == '{"secret_key": "x"}'


def test_production_starts_with_its_secrets_and_writes_none(tmp_path: Path) -> None:
    config = Config.from_environment(tmp_path, production())
    assert config.in_production
    assert config.cookie_secure
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATA_KEY", "AUDIT_KEY"])
def test_production_refuses_to_start_without_a_secret(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=f"缺少：GONGJIANG_{name}。"):
        Config.from_environment(tmp_path, production(**{name: ""}))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "short", "太短"),
        ("DATA_KEY", "too short to encrypt with", "32 字节"),
        ("AUDIT_KEY", "密钥", "32 字节"),
        ("PUBLIC_BASE_URL", "", "PUBLIC_BASE_URL"),
        ("ENVIRONMENT", "prod", "只能是 production、demo、test 之一"),
        ("IDLE_MINUTES", "-1", "5 到 1440"),
        ("UPLOAD_LIMIT_MB", "²", "1 到 2048"),
        ("VERIFICATIONS_AT_ONCE", "0", "1 到 32"),
        ("COOKIE_SECURE", "true", "yes、no"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        Config.from_environment(tmp_path, production(**{name: value}))


def test_production_refuses_one_key_for_two_purposes(tmp_path: Path) -> None:
    key = new_key()
    with pytest.raises(ConfigError, match="各不相同"):
        Config.from_environment(tmp_path, production(DATA_KEY=key, AUDIT_KEY=key))
