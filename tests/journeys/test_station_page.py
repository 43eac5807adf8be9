"""The station's screen in a real browser: what a clerk reads, and that it never goes stale unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.home import Home
from agent.printing import jobs
from agent.printing.states import Event
from agent.stock import blanks
from agent.store.journal import set_cursor
from agent.web import app
from agent.web.server import WebThread
from tests import witness
from tests.unit.agent.stations import START_MS, Province, make_home, open_at, take

WAIT_S = 15
FEED = {"printer": "SIM1", "session": 5, "before": {"cards": 1, "panels": 5}}
PRINT = {**FEED, "panels": 5, "artefact": "aa"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium by its driver, as a clerk's PC shows it."""
    chromium, driver = (
        witness.program("chromium", "chromium"),
        witness.program("chromedriver", "chromium-driver"),
    )
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"):
        options.add_argument(argument)
    options.add_argument("--window-size=1024,768")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    made = webdriver.Chrome(options=options, service=Service(driver))
    yield made
    made.quit()


class Screen:
    """A station's page over a journal that the test writes, as its service does."""

    def __init__(self, root: Path) -> None:
        self.province = Province()
        self.home: Home = make_home(
            root, self.province, printer="evolis+tcp://127.0.0.1:9", chip="vpcd://127.0.0.1:9"
        )
        self.journal = open_at(self.home)
        self.journal.write(lambda tx: blanks.receive(tx, "C-1", "ktp", None, 1200))
        take(self.journal, self.province, *(self.province.order(f"2020-{n:04}") for n in range(12)))
        self.web = WebThread(app(self.home, self.home.config(), clock=lambda: START_MS + 120_000), 0)
        self.url = self.web.start()

    def unsure(self, order: str) -> str:
        def work(tx: Any) -> str:
            job = jobs.queue(tx, order)
            jobs.move(tx, job, Event.FEED_INTENDED, FEED)
            jobs.move(tx, job, Event.STAGED, {"blank": "04A2B3C4D5E680", "witness": "chip"})
            jobs.move(tx, job, Event.PRINT_INTENDED, {"blank": "04A2B3C4D5E680", **PRINT})
            jobs.move(tx, job, Event.UNSURE, {"cause": "printer_reset", "blank": "04A2B3C4D5E680"})
            return job

        return self.journal.write(work)

    def close(self) -> None:
        self.web.stop()
        self.journal.close()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    made = Screen(tmp_path / "home")
    yield made
    made.close()


def text(browser: Any, where: str) -> str:
    """What is shown at ``where``, read in one go: the page may renew itself at any moment."""
    return str(browser.execute_script("return document.querySelector(arguments[0]).innerText", where))


def wait_for(browser: Any, true: str) -> None:
    """Until the browser finds ``true``, a JavaScript expression."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, WAIT_S).until(lambda b: b.execute_script(f"return Boolean({true})"))


def test_a_quiet_station_is_green_and_counts_what_it_has(browser: Any, screen: Screen) -> None:
    browser.get(screen.url)
    assert text(browser, "h1") == "Siap melayani"
    assert "Kabupaten Mahakam Ulu" in text(browser, "header")
    assert browser.execute_script("return document.querySelector('.headline.green svg') !== null"), (
        "a colour never stands alone"
    )
    assert "1.200" in text(browser, "table")
    assert "12 permintaan menunggu" in text(browser, ".queue")


def test_what_happens_shows_by_itself_and_needs_no_reload(browser: Any, screen: Screen) -> None:
    browser.get(screen.url)
    browser.execute_script("window.sameLoad = true")
    job = screen.unsure("2020-0003")
    wait_for(browser, "document.querySelector('.headline.red')")
    assert text(browser, "h1") == "1 kartu belum pasti"
    row = text(browser, ".queue li.unsure")
    assert job in row
    assert "04A2B3C4D5E680" in row
    assert "printer sempat mati" in row
    body = {"blank": "04A2B3C4D5E680", "by": "clerk"}
    screen.journal.write(lambda tx: jobs.move(tx, job, Event.PRINTED, body))
    wait_for(browser, "document.querySelector('.headline.green')")
    assert "tercetak" in text(browser, ".queue li.printed")
    assert browser.execute_script("return window.sameLoad") is True


def test_unsent_lines_are_told_calmly(browser: Any, screen: Screen) -> None:
    browser.get(screen.url)
    assert "13" in text(browser, ".side .card:last-child")
    assert "aman di sini" in text(browser, ".side .card:last-child")
    screen.journal.write(lambda tx: set_cursor(tx, "hub_has", screen.journal.head(), 7))
    wait_for(browser, "document.querySelector('.side .card:last-child').innerText.includes('sudah diterima')")
    assert "menit lalu" in text(browser, ".side .card:last-child")


def test_a_dead_agent_is_said_on_the_screen(browser: Any, screen: Screen) -> None:
    browser.get(screen.url)
    wait_for(browser, "document.getElementById('stale').hidden")
    screen.web.stop()
    wait_for(browser, "!document.getElementById('stale').hidden")
    assert "tidak menjawab" in text(browser, "#stale")


def test_it_fits_an_old_screen_without_going_sideways(browser: Any, screen: Screen) -> None:
    screen.unsure("2020-0001")
    screen.journal.write(lambda tx: [jobs.queue(tx, order) for order in jobs.next_waiting(tx, 9)])
    browser.get(screen.url)
    for width in (1024, 700):
        browser.set_window_size(width, 768)
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    browser.set_window_size(1024, 768)


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_blocked_or_broken(
    browser: Any, screen: Screen
) -> None:
    browser.get_log("browser")  # what earlier pages said
    browser.get(screen.url)
    wait_for(browser, "document.readyState == 'complete'")
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert loaded
    assert all(address.startswith(screen.url) for address in loaded)
    assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []
    assert browser.execute_script("return document.querySelectorAll('form,input,button,a').length") == 0
