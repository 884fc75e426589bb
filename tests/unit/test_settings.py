"""Settings: one place, and a remedy for each mistake."""

import pytest

from bot.settings import SettingsError, settings


@pytest.fixture(autouse=True)
def read_anew():
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_it_listens_on_loopback_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("DROM_HOST", raising=False)
    assert settings().host == "127.0.0.1"


def test_sqlite_in_the_data_folder_is_the_default_store(tmp_path, monkeypatch):
    monkeypatch.setenv("DROM_DATA_DIR", str(tmp_path))
    assert settings().tracker_database_url == f"sqlite:///{tmp_path}/drom.db"


def test_an_empty_variable_means_that_it_is_not_set(monkeypatch):
    monkeypatch.setenv("TELEGRAM_TOKEN", "")
    assert settings().telegram_token is None


def test_a_port_that_is_no_port_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("DROM_PORT", "http")
    with pytest.raises(SettingsError, match="DROM_PORT"):
        settings()


def test_a_data_folder_that_cannot_be_made_is_told_with_the_remedy(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("DROM_DATA_DIR", str(file / "below"))
    with pytest.raises(SettingsError, match="Set DROM_DATA_DIR"):
        settings()
