"""The ledger: every blank is in one place, and a difference is a list of names."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.ledger import Ledger, Place

Event = tuple[str, str, dict[str, Any]]


def received(count: int, names: list[str] | None = None, kind: str = "ktp") -> Event:
    return "blanks_received", "C1", {"kind": kind, "names": names, "count": count}


def on(event: str, blank: str | None, kind: str = "ktp") -> Event:
    return event, "job", {"kind": kind, "blank": blank}


def balanced(account: dict[str, Any]) -> bool:
    spent = sum(account[name] for name in ("used", "spoiled", "lost", "sent", "returned", "destroyed"))
    return bool(account["opening"] + account["received"] - spent == account["on_hand"])


def test_a_count_gets_its_names_at_first_read() -> None:
    ledger = Ledger().post_all([received(3), on("staged", "A"), on("printed", "A"), on("staged", "B")])
    account = ledger.account("ktp")
    assert (account["received"], account["used"], account["on_hand"], account["unnamed"]) == (3, 1, 2, 1)
    assert ledger.place("B") is Place.IN_JOB
    assert account["unaccounted"] == [] and balanced(account)


def test_a_blank_nobody_received_is_named_and_not_counted() -> None:
    ledger = Ledger().post_all([received(1, ["A"]), on("staged", "X"), on("printed", "X")])
    account = ledger.account("ktp")
    assert account["unaccounted"] == ["X"]
    assert (account["used"], account["on_hand"]) == (0, 1) and balanced(account)
    assert not ledger.expects("X", "ktp")


def test_a_manifest_that_comes_after_the_first_reading_clears_the_name() -> None:
    ledger = Ledger().post_all([on("staged", "X"), received(1, ["X"])])
    assert ledger.account("ktp")["unaccounted"] == [] and balanced(ledger.account("ktp"))


def test_a_blank_used_twice_is_named() -> None:
    for second in ("printed", "spoiled", "staged"):
        ledger = Ledger().post_all([received(1, ["A"]), on("printed", "A"), on(second, "A")])
        assert ledger.account("ktp")["unaccounted"] == ["A"], second


def test_an_unsure_blank_is_on_hand_until_it_is_settled() -> None:
    ledger = Ledger().post_all([received(1), on("staged", "A"), on("unsure", "A")])
    assert (ledger.account("ktp")["on_hand"], ledger.account("ktp")["unsure"]) == (1, 1)
    ledger.post(*on("untouched", "A"))
    assert ledger.expects("A", "ktp") and ledger.account("ktp")["unsure"] == 0


def test_an_unsure_job_without_a_named_blank_moves_nothing() -> None:
    before = Ledger().post_all([received(2)]).account("ktp")
    assert Ledger().post_all([received(2), on("unsure", None)]).account("ktp") == before


def test_kinds_are_apart() -> None:
    ledger = Ledger().post_all(
        [received(2), received(5, kind="kia"), on("staged", "K", "kia"), on("lost", "K", "kia")]
    )
    assert (
        ledger.account("ktp")["on_hand"],
        ledger.account("kia")["on_hand"],
        ledger.account("kia")["lost"],
    ) == (2, 4, 1)
    assert not Ledger().post_all([received(1, ["A"])]).expects("A", "kia")


EVENTS = st.one_of(
    st.builds(lambda n: received(n), st.integers(0, 4)),
    st.builds(
        lambda names: received(len(names), sorted(names)), st.sets(st.sampled_from("ABCDEF"), max_size=4)
    ),
    st.builds(
        lambda event, blank: on(event, blank),
        st.sampled_from(["staged", "print_intended", "printed", "unsure", "untouched", "spoiled", "lost"]),
        st.sampled_from([*"ABCDEF", None]),
    ),
)


@given(st.lists(EVENTS, max_size=30))
def test_the_books_balance_whatever_is_posted(events: list[Event]) -> None:
    account = Ledger().post_all(events).account("ktp")
    assert balanced(account) and account["unnamed"] >= 0
