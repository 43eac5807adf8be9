"""Whom a pinned file trusts: chains, dates, authorities, keys."""

from __future__ import annotations

import pytest

from drivers.errors import Refused
from drivers.sbi.trust import Anchors
from tests.unit.drivers.sbi import papers
from tests.unit.drivers.sbi.papers import DAY, NOW, NOW_MS, Paper, country, device, paper, provider

DAY_MS = 86_400_000


def check(pem: bytes, *certificates: Paper, at_ms: int = NOW_MS) -> None:
    Anchors(pem).check([one.cert for one in certificates], at_ms)


def refused(cause: str, pem: bytes, *certificates: Paper, at_ms: int = NOW_MS) -> None:
    with pytest.raises(Refused, match=f"^{cause}"):
        check(pem, *certificates, at_ms=at_ms)


def test_a_device_of_a_pinned_provider_is_trusted() -> None:
    check(provider().pem, device())
    check(country().pem + provider().pem, device())


def test_a_device_s_own_chain_leads_to_the_country_in_any_order() -> None:
    check(country().pem, device(), provider())
    check(country().pem, device(), papers.stranger(), country(), provider())


def test_what_came_along_is_never_an_anchor() -> None:
    refused("untrusted", paper("OTHER COUNTRY", ca=True).pem, device(), provider(), country())
    refused("untrusted", country().pem, device())


def test_a_pinned_name_with_another_key_is_another() -> None:
    papers.key.cache_clear()
    other = paper("SPECIMEN PROVIDER", ca=True)
    refused("untrusted", other.pem, device())


def test_a_certificate_that_signed_itself_is_no_device() -> None:
    refused("untrusted", country().pem, paper("SELF"))


def test_another_certificate_of_the_same_authority_goes_through() -> None:
    anchors = Anchors(provider().pem)
    for name in ("SPECIMEN DEVICE", "SPECIMEN DEVICE 2"):
        anchors.check([paper(name, provider()).cert], NOW_MS)


def test_dates_are_those_of_the_given_clock() -> None:
    for ahead, cause in ((DAY_MS + 1000, "untrusted"), (-DAY_MS - 1000, "untrusted")):
        refused(cause, provider().pem, device(), at_ms=NOW_MS + ahead)  # the authority's days are over too
    long = paper("LONG PROVIDER", ca=True, begins=NOW - 9 * DAY, ends=NOW + 9 * DAY)
    one = paper("ONE", long)
    check(long.pem, one, at_ms=NOW_MS + DAY_MS)
    refused("key_expired", long.pem, one, at_ms=NOW_MS + DAY_MS + 1000)
    refused("untrusted: .*not valid yet", long.pem, one, at_ms=NOW_MS - DAY_MS - 1000)


def test_only_an_authority_signs_for_others() -> None:
    nobody = paper("NOBODY", country())
    refused("untrusted", country().pem, paper("BELOW", nobody), nobody)
    no_signing = paper("NO SIGNING", country(), ca=True, usage=False)
    refused("untrusted", country().pem, paper("BELOW", no_signing), no_signing)
    signing = paper("SIGNING", country(), ca=True, usage=True)
    check(country().pem, paper("BELOW", signing), signing)


def test_an_authority_for_devices_alone_makes_no_further_authority() -> None:
    short = paper("SHORT", country(), ca=True, path_length=0)
    check(country().pem, paper("BELOW", short), short)
    further = paper("FURTHER", short, ca=True)
    refused("untrusted", country().pem, paper("BELOW", further), further, short)


def test_weak_keys_and_weak_hashes_vouch_for_nobody() -> None:
    small = paper("SMALL", country(), ca=True, bits=1024)
    refused("untrusted", country().pem, paper("BELOW", small), small)
    refused("untrusted", provider().pem, paper("WEAK", provider(), weak=True))


def test_a_ring_of_certificates_has_an_end() -> None:
    one, other = paper("RING", ca=True), paper("OTHER RING", ca=True)
    a, b = paper("RING", other, ca=True), paper("OTHER RING", one, ca=True)
    refused("untrusted", country().pem, paper("BELOW", a), a, b, a, b)


@pytest.mark.parametrize(
    "pem", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_certificates_is_no_file_of_trust(pem: bytes) -> None:
    with pytest.raises(ValueError, match="holds no certificate"):
        Anchors(pem)


def test_a_device_s_certificate_is_no_anchor() -> None:
    with pytest.raises(ValueError, match="of no authority"):
        Anchors(provider().pem + device().pem)
