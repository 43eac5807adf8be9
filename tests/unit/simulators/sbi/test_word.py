"""The device's signed word: its keys and their rotation, and everything that can be wrong with it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from simulators.sbi import hands, keys
from simulators.sbi.desk import HangUp
from tests.unit.simulators.sbi.bench import NOW, Bench, fits, hung_on, opened, request, some_keys, unb64


def anchors(bench: Bench) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(bench.keys.anchors())


def word(bench: Bench, **changes: Any) -> dict[str, Any]:
    element = bench.capture(type="Face", **changes)["biometrics"][0]
    return opened(element["data"], *anchors(bench))


def test_the_chain_leads_from_the_device_over_the_provider_to_the_country() -> None:
    country, provider = anchors(Bench())
    provider.verify_directly_issued_by(country)
    country.verify_directly_issued_by(country)
    for anchor in (country, provider):
        assert anchor.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert anchor.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    for signer in some_keys().devices.values():
        signer.certificate.verify_directly_issued_by(provider)
        assert not signer.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert signer.certificate.not_valid_before_utc < NOW < signer.certificate.not_valid_after_utc


def test_every_word_of_a_device_leads_to_the_anchor() -> None:
    bench = Bench()
    payload = word(bench)
    opened(payload["digitalId"], *anchors(bench))
    for each in bench.ask("MOSIPDINFO", {}):
        told = opened(each["deviceInfo"], *anchors(bench))
        opened(told["digitalId"], *anchors(bench))


def test_the_three_devices_have_keys_and_numbers_of_their_own() -> None:
    told = [opened(each["deviceInfo"]) for each in Bench().ask("MOSIPDINFO", {})]
    assert len({each["deviceInfo"].split(".")[0] for each in Bench().ask("MOSIPDINFO", {})}) == 3
    serials = {opened(each["digitalId"])["serialNo"] for each in told}
    assert len(serials) == 3
    assert serials.isdisjoint({each["deviceCode"] for each in told})


def test_rotation_gives_other_keys_under_the_same_anchor_in_the_middle_of_a_sitting() -> None:
    bench = Bench(kept=keys.make(("1", "2", "3"), NOW))
    before = bench.capture(type="Face")["biometrics"][0]
    assert "devices" in hands.do(bench.desk, "rotate")
    after = bench.capture(type="Face", previousHash=before["hash"])["biometrics"][0]
    assert before["data"].split(".")[0] != after["data"].split(".")[0]
    payload = opened(after["data"], *anchors(bench))
    assert after["hash"] == hung_on(before["hash"], unb64(payload["bioValue"]))


def test_keys_are_kept_and_those_that_ran_out_are_made_anew(tmp_path: Path) -> None:
    first = keys.kept(tmp_path / "state", ("1",), NOW)
    again = keys.kept(tmp_path / "state", ("1",), NOW)
    assert again.anchors() == first.anchors()
    assert again.devices["1"].pem == first.devices["1"].pem
    later = keys.kept(tmp_path / "state", ("1",), NOW + timedelta(days=31))
    assert later.anchors() == first.anchors()
    assert later.devices["1"].pem != first.devices["1"].pem
    assert later.domain.pem == first.domain.pem


def test_a_state_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / keys.FILE).write_text("{}", "ascii")
    with pytest.raises(ValueError, match="not this device's state"):
        keys.kept(tmp_path, ("1",), NOW)


def test_a_wrong_signature_fits_nothing_and_the_next_one_is_good_again() -> None:
    bench = Bench("wrong_signature@capture=1")
    with pytest.raises(InvalidSignature):
        word(bench)
    word(bench)


def test_information_can_be_signed_wrongly_as_well() -> None:
    with pytest.raises(InvalidSignature):
        opened(Bench("wrong_signature@start").ask("MOSIPDINFO", {})[0]["deviceInfo"])


def test_a_stranger_s_signature_is_good_and_leads_nowhere() -> None:
    bench = Bench("untrusted@capture=1", kept=keys.make(("1", "2", "3"), NOW))
    opened(bench.capture(type="Face")["biometrics"][0]["data"])
    bench = Bench("untrusted@capture=1", kept=bench.keys)
    with pytest.raises(StopIteration):
        word(bench)


def test_a_stale_key_s_certificate_has_run_out() -> None:
    bench = Bench("stale_key@start", kept=keys.make(("1", "2", "3"), NOW))
    word(bench)
    assert bench.keys.expired(NOW).certificate.not_valid_after_utc < NOW


def test_a_clock_that_is_off_shows_in_every_moment_it_tells() -> None:
    for bench, seconds in ((Bench("clock@start"), 400), (Bench("clock@start,by=-900"), -900)):
        told = datetime.fromisoformat(word(bench)["timestamp"])
        assert timedelta() <= told - NOW - timedelta(seconds=seconds) < timedelta(seconds=5)
        info = opened(opened(bench.ask("MOSIPDINFO", {})[0]["deviceInfo"])["digitalId"])
        assert abs(datetime.fromisoformat(info["dateTime"]) - told) < timedelta(seconds=5)


def test_hands_set_the_clock_and_set_it_right_again() -> None:
    bench = Bench()
    hands.do(bench.desk, "clock +400")
    hands.do(bench.desk, "clock -30")
    assert datetime.fromisoformat(word(bench)["timestamp"]) < NOW
    hands.do(bench.desk, "cure clock")
    assert datetime.fromisoformat(word(bench)["timestamp"]) > NOW


def test_another_transaction_and_another_version_are_told_once() -> None:
    bench = Bench("other_transaction@capture=1", "other_version@capture=2")
    assert word(bench)["transactionId"] != request()["transactionId"]
    assert bench.capture(type="Face")["biometrics"][0]["specVersion"] != "0.9.5"
    assert word(bench)["transactionId"] == request()["transactionId"]


def test_one_element_may_be_missing_without_a_word() -> None:
    told = Bench("count_differs@capture=1").capture(type="Iris")
    fits("rcapture", told)
    assert len(told["biometrics"]) == 1


def test_a_broken_chain_hangs_on_something_else() -> None:
    element = Bench("chain_broken@capture=1").capture(type="Face")["biometrics"][0]
    assert element["hash"] != hung_on("", unb64(opened(element["data"])["bioValue"]))


def test_half_an_answer_is_no_json() -> None:
    with pytest.raises(json.JSONDecodeError):
        Bench("garbled@capture=1").capture(type="Face")


def test_an_answer_that_is_lost_was_made_all_the_same() -> None:
    bench = Bench("answer_lost@capture=1")
    with pytest.raises(HangUp):
        bench.capture(type="Face")
    assert bench.service.counts["Face"] == 1
    assert bench.service.captures == {}


def test_a_slow_answer_comes_after_its_time() -> None:
    bench = Bench("slow@capture=1,for=30000")
    bench.capture(type="Face", timeout="3000")
    assert bench.clock.at_ms >= 30_000


def test_a_service_that_is_gone_hangs_up_on_everybody_until_it_is_back() -> None:
    bench = Bench("gone@ms=0,for=2000")
    with pytest.raises(HangUp):
        bench.ask("MOSIPDISC", {"type": "Face"})
    with pytest.raises(HangUp):
        bench.capture(type="Face")
    bench.clock.at_ms = 2_000
    assert bench.code(type="Face") == "0"
