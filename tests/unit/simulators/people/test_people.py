"""Synthetic people: whole by the province's own rules, nobody real, and the same for the same seed."""

import csv
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain import nik, phones, policy, regions
from simulators.people import lists
from simulators.people.cli import people as command
from simulators.people.people import Person, people
from simulators.people.portraits import BYTES_MAX, portrait

TODAY = date(2026, 1, 15)
COLUMNS = (
    "order,office,station,kind,reason,status,nik,name,birthplace,birthdate,sex,blood,address,rt_rw,village,"
    "district,religion,marital,occupation,citizenship,requested,photo,phone"
)


def age(person: Person) -> int:
    born = date.fromisoformat(person.birthdate)
    return TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))


@settings(max_examples=40)
@given(st.integers(), st.sampled_from(sorted(regions.OFFICES)), st.integers(1, 60))
def test_everybody_is_whole_by_the_rules(seed: int, office: str, n: int) -> None:
    crowd = people(seed, office, n)
    assert len({one.nik for one in crowd}) == len({one.order for one in crowd}) == n
    for one in crowd:
        parts = nik.parse(one.nik)
        assert parts.synthetic
        assert parts.region[:4] == office.replace(".", "")
        assert int(parts.region[4:]) in regions.KECAMATAN[office]
        assert nik.fits(parts, date.fromisoformat(one.birthdate), woman=one.woman)
        assert one.name.endswith(" SPECIMEN")
        assert not one.phone or phones.normal(one.phone) == one.phone
        assert not one.phone or one.phone.startswith(phones.SYNTHETIC), "a free call: nobody's own number"
        assert one.status == policy.PRINT_READY
        assert one.reason in policy.REASONS
        assert date.fromisoformat(one.requested) <= TODAY
        assert 17 <= age(one) <= 80 if one.kind == "ktp" else 0 <= age(one) < 17
        assert bool(one.photo) == (one.kind == "ktp" or age(one) >= 5)


def test_the_same_seed_gives_the_same_people_and_another_others() -> None:
    assert people(7, "64.11", 30) == people(7, "64.11", 30)
    assert people(7, "64.11", 30)[:10] == people(7, "64.11", 10)
    assert not {one.nik for one in people(7, "64.11", 30)} & {one.nik for one in people(8, "64.11", 30)}


def test_both_kinds_of_cards_and_all_reasons_come_up() -> None:
    crowd = people(1, "64.72", 800)
    assert Counter(one.kind for one in crowd)["kia"] > 40
    assert {one.reason for one in crowd} == set(policy.REASONS) - {"disaster"}
    assert {one.kind for one in people(1, "64.72", 50, kind="kia")} == {"kia"}


def test_an_office_that_is_none_is_told() -> None:
    with pytest.raises(ValueError):
        people(1, "64.04", 1)


@pytest.mark.parametrize("office", sorted(regions.OFFICES))
def test_a_portrait_is_small_and_on_the_colour_of_the_birth_year(office: str) -> None:
    for one in people(3, office, 6, kind="ktp"):
        data = portrait(one)
        assert len(data) <= BYTES_MAX
        assert data == portrait(one)
        picture = Image.open(io.BytesIO(data))
        assert (picture.format, picture.size) == ("JPEG", (240, 320))
        red, _, blue = picture.convert("RGB").resize((1, 1), box=(0, 0, 40, 30)).getpixel((0, 0))  # type: ignore[misc]
        assert (red > blue) == bool(date.fromisoformat(one.birthdate).year % 2)


def test_no_two_portraits_of_a_crowd_are_all_alike() -> None:
    assert len({portrait(one) for one in people(5, "64.02", 12, kind="ktp")}) > 9


def test_a_list_is_the_provinces_csv_with_its_photos_beside_it(tmp_path: Path) -> None:
    crowd = people(2, "64.74", 12)
    path = lists.write(tmp_path / "list", crowd)
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0] == COLUMNS
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [Person(**row) for row in rows] == crowd
    photos = {f"photos/{one.name}" for one in (tmp_path / "list" / "photos").iterdir()}
    assert photos == {one.photo for one in crowd if one.photo}


def test_the_command_writes_a_list_and_says_where(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--office", "64.11", "--count", "3", "--out", str(tmp_path)])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"file": str(tmp_path / "orders.csv"), "people": 3}
    assert (tmp_path / "orders.csv").exists()


@pytest.mark.parametrize("wrong", [["--office", "64.04"], ["--office", "64.11", "--count", "0"]])
def test_a_wrong_use_of_the_command_is_told(tmp_path: Path, wrong: list[str]) -> None:
    assert CliRunner().invoke(command, [*wrong, "--out", str(tmp_path)]).exit_code == 2


def test_a_day_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--office", "64.11", "--today", "soon", "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "Example:" in (command.help or "")


def test_the_hub_takes_every_row(tmp_path: Path) -> None:
    """The list passes the very rules the province's import applies."""
    from domain.policy import DEFAULT
    from hub import order_file, order_form

    path = lists.write(tmp_path, people(4, "64.11", 25))
    for row in order_file.read(path):
        order_form.order_of(row.fields, tmp_path, b"k" * 32, lambda _: True, DEFAULT, "2026-01-15")
