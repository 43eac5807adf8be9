"""The hub's home: made once, whole or not at all, and never with new keys behind its back."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.home import Config, Home, Trouble


@pytest.mark.parametrize("gone", ["sign", "open"])
def test_a_making_that_was_cut_short_is_finished(tmp_path: Path, gone: str) -> None:
    home = Home(tmp_path / "hub")
    home.make(Config())
    kept = {place.name: place.read_text() for place in home.keys_path.iterdir()}
    home.config_path.unlink()
    (home.keys_path / gone).unlink()
    assert home.make(Config())
    for name, text in kept.items():
        assert ((home.keys_path / name).read_text() == text) == (name != gone)


def test_lost_keys_are_told_and_never_replaced(tmp_path: Path) -> None:
    home = Home(tmp_path / "hub")
    home.make(Config())
    (home.keys_path / "open").unlink()
    with pytest.raises(Trouble, match="restore them"):
        home.make(Config())
    assert not (home.keys_path / "open").exists()


@pytest.mark.parametrize("text", ["= 1", "colour = 'red'", "web_port = '80'", "database = 1"])
def test_a_configuration_that_cannot_be_meant_is_told(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path / "hub")
    home.make(Config())
    home.config_path.write_text(text)
    with pytest.raises(Trouble):
        home.config()


def test_what_a_command_is_told_goes_before_the_file(tmp_path: Path) -> None:
    home = Home(tmp_path / "hub")
    home.make(Config(database="postgresql:///a", broker="mqtt://a"))
    assert home.config(broker="mqtt://b") == Config(database="postgresql:///a", broker="mqtt://b")
    assert home.database(home.config()) == "postgresql:///a"
    assert home.database(Config()) == str(home.root / "hub.db")
