"""The province's page in a real browser: readable, alive, and silent towards the rest of the world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from hub import schema
from hub.database import Database, open_database
from hub.projections import Folder
from hub.web import app
from hub.web.server import WebThread
from tests import witness
from tests.unit.hub.provinces import NOON_MS, busy
from tests.unit.hub.stations import FakeStation, card

WAIT_S = 30


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    driver = witness.program("chromedriver", "chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = witness.program("chromium", "chromium")
    for word in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-background-networking",
        "window-size=1280,1000",
    ):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    yield chrome
    chrome.quit()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(str(tmp_path / "hub.db"))
    schema.create(opened, now_ms=0)
    yield opened
    opened.close()


@pytest.fixture
def stations(db: Database, tmp_path: Path) -> list[FakeStation]:
    return busy(db, tmp_path / "lists")


@pytest.fixture
def address(db: Database, stations: list[FakeStation], tmp_path: Path) -> Iterator[str]:
    server = WebThread(
        app.build(lambda: open_database(str(tmp_path / "hub.db")), lambda: NOON_MS), "127.0.0.1", 0
    )
    yield server.start()
    server.stop()


def printed(browser: webdriver.Chrome) -> str:
    """Read in one go: between finding an element and reading it the page may have renewed itself."""
    return str(browser.execute_script("return document.getElementById('printed').innerText"))


def wait_for(browser: webdriver.Chrome, true: str) -> None:
    """Until the browser finds ``true``, a JavaScript expression."""
    WebDriverWait(browser, WAIT_S).until(lambda page: page.execute_script(f"return Boolean({true})"))


def test_a_card_that_comes_in_shows_without_a_hand_on_the_page(
    browser: webdriver.Chrome, address: str, db: Database, stations: list[FakeStation]
) -> None:
    browser.get(address)
    before = int(printed(browser))
    stations[0].write(*card("64.01-1-6", "04010020")).send(db)
    Folder(db).catch_up()
    WebDriverWait(browser, WAIT_S).until(lambda page: int(printed(page)) == before + 1)


def test_the_page_fits_and_breaks_no_rule_of_its_own(browser: webdriver.Chrome, address: str) -> None:
    browser.get(address)
    assert browser.execute_script("return document.querySelectorAll('tbody tr').length") == 10
    wait_for(browser, "document.querySelector(\"[data-office='64.71'] .ask.now\").checkVisibility()")
    assert browser.execute_script("return document.getElementById('stale').hidden")
    width = browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map(each => each.name)")
    assert loaded
    assert all(name.startswith(address + "/") for name in loaded)
    untyped: Any = browser
    assert [line for line in untyped.get_log("browser") if line["level"] == "SEVERE"] == []


def test_a_hub_that_is_gone_is_said_on_the_page(
    browser: webdriver.Chrome, db: Database, stations: list[FakeStation], tmp_path: Path
) -> None:
    build = app.build(lambda: open_database(str(tmp_path / "hub.db")), lambda: NOON_MS)
    server = WebThread(build, "127.0.0.1", 0)
    browser.get(server.start())
    wait_for(browser, "document.getElementById('clock').innerText")
    server.stop()
    wait_for(browser, "!document.getElementById('stale').hidden")
