"""Addresses: what may be fetched, what is sent to whom, limits, failures that pass."""

from __future__ import annotations

import gzip
import time

import pytest

from generator.errors import DataError, Location
from generator.model.dataset_definition import NetworkDefinition
from generator.sources.fetch import Fetcher, is_public
from tests.support.web import HOST, running_site

WHERE = Location("report.yaml", ('dataset "t"',), 4)
CSV = (200, {"Content-Type": "text/csv; charset=utf-8"}, b"a,b\n1,2\n")


@pytest.fixture
def site():
    with running_site() as running:
        yield running


@pytest.fixture(scope="module")
def safe_site(tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("certificates")) as running:
        yield running


def fetcher(context=None, pauses=None, **network):
    settings = {"http": True, "private": True, "seconds": 10, "retries": 0, **network}
    return Fetcher(
        NetworkDefinition(**settings), WHERE, resolve=lambda host, port: ["127.0.0.1"],
        sleep=(lambda pause: None) if pauses is None else pauses.append, context=context,
    )  # fmt: skip


def error(url, parameters=(), headers=(), **options):
    with pytest.raises(DataError) as caught:
        fetcher(**options).fetch(url, dict(parameters), dict(headers))
    assert caught.value.where == WHERE
    return caught.value


class TestAnswers:
    def test_are_given_with_their_kind(self, site):
        site.answers["/t.csv"] = CSV

        found = fetcher().fetch(site.url("/t.csv"), {}, {})

        assert (found.data, found.media_type) == (b"a,b\n1,2\n", "text/csv")

    def test_parameters_and_headers_are_sent(self, site):
        site.answers["/t"] = CSV

        fetcher().fetch(site.url("/t?x=1"), {"名": "滨 江&b"}, {"X-Token": "secret"})

        path, headers = site.asked[0]
        assert path == "/t?x=1&%E5%90%8D=%E6%BB%A8+%E6%B1%9F%26b"
        assert headers["X-Token"] == "secret"
        assert headers["Host"] == f"{HOST}:{site.port}"

    def test_packed_ones_are_unpacked(self, site):
        site.answers["/t"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"a\n1\n"))

        assert fetcher().fetch(site.url("/t"), {}, {}).data == b"a\n1\n"

    def test_come_over_tls_from_a_server_with_a_trusted_certificate(self, safe_site):
        safe_site.answers["/t"] = CSV

        found = fetcher(safe_site.context(), http=False).fetch(safe_site.url("/t"), {}, {})

        assert found.data == b"a,b\n1,2\n"

    def test_not_from_one_that_nobody_knows(self, safe_site):
        found = error(safe_site.url("/t"))

        assert found.message.startswith(f"the certificate of {HOST} is not trusted: ")
        assert found.hint == "check the address"

    def test_not_from_one_with_another_name(self, safe_site):
        found = error(safe_site.url("/t", "other.example.org"), context=safe_site.context())

        assert found.message.startswith("the certificate of other.example.org is not trusted: ")


class TestWhatIsAllowed:
    @pytest.mark.parametrize(
        ("url", "options", "message", "hint"),
        [
            ("http://h/x", {"http": False}, "the address is not protected (http)",
             "use https, or write network: {http: true}"),
            ("file:///etc/passwd", {}, '"file" is no address that is fetched',
             "write https://host/path"),
            ("ftp://h/x", {}, '"ftp" is no address that is fetched', "write https://host/path"),
            ("https://user:pw@h/x", {}, "the address holds a user or a password",
             "send them as a header from an environment variable"),
            ("https://h/x", {"hosts": ("a.org",)}, 'the host "h" is not allowed',
             "if it is meant, add it: network: {hosts: [h]}"),
            ("https://h/x", {"private": False},
             'the host "h" leads into a private network (127.0.0.1)',
             "if it is meant, write network: {private: true}"),
            ("https://h:99999/x", {}, "this is no address", "write https://host/path"),
        ],
    )  # fmt: skip
    def test_is_said(self, url, options, message, hint):
        found = error(url, **options)

        assert (found.message, found.hint) == (message, hint)

    @pytest.mark.parametrize(
        ("address", "public"),
        [
            ("8.8.8.8", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False),
            ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False),
            ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False),
            ("::ffff:10.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
        ],
    )  # fmt: skip
    def test_only_public_addresses_are(self, address, public):
        assert is_public(address) is public

    def test_every_address_of_a_host_must_be(self):
        own = Fetcher(NetworkDefinition(), WHERE, resolve=lambda *_: ["8.8.8.8", "127.0.0.1"])

        with pytest.raises(DataError, match=r"private network \(127.0.0.1\)"):
            own.fetch("https://h/x", {}, {})


class TestRedirects:
    def test_are_followed_on_the_same_host_with_the_headers(self, site):
        site.answers |= {"/a": (302, {"Location": "/b"}, b""), "/b": CSV}

        fetcher().fetch(site.url("/a"), {}, {"X-Token": "secret"})

        assert [path for path, _ in site.asked] == ["/a", "/b"]
        assert site.asked[1][1]["X-Token"] == "secret"

    def test_to_another_host_need_leave_and_get_no_headers(self, site):
        site.answers |= {
            "/a": (302, {"Location": site.url("/b", "other.org")}, b""), "/b": CSV,
        }  # fmt: skip

        assert error(site.url("/a"), headers={"X-Token": "s"}).message == (
            'the host "other.org" is not allowed'
        )
        fetcher(hosts=(HOST, "other.org")).fetch(site.url("/a"), {}, {"X-Token": "secret"})
        assert "X-Token" not in site.asked[-1][1]

    def test_without_end_are_ended(self, site):
        site.answers["/a"] = (302, {"Location": "/a"}, b"")

        assert error(site.url("/a")).message == "the address leads on more than 5 times, or nowhere"

    def test_to_what_is_not_protected_are_not_followed(self, safe_site):
        safe_site.answers["/a"] = (302, {"Location": f"http://{HOST}/b"}, b"")

        found = error(safe_site.url("/a"), context=safe_site.context(), http=False)

        assert found.message == "the address is not protected (http)"


class TestLimits:
    @pytest.mark.parametrize("packed", [False, True])
    def test_of_size(self, site, packed):
        body = b"x" * 5000
        headers = {"Content-Encoding": "gzip"} if packed else {}
        site.answers["/t"] = (200, headers, gzip.compress(body) if packed else body)

        assert error(site.url("/t"), bytes=1000).message == (
            "the answer has more than 1,000 bytes (limit bytes)"
        )
        assert len(fetcher(bytes=5000).fetch(site.url("/t"), {}, {}).data) == 5000

    def test_of_time_for_an_answer_that_drips(self, site):
        def drip(request):
            request.send_response(200)
            request.end_headers()
            for _ in range(200):
                request.wfile.write(b"x")
                time.sleep(0.05)

        site.answers["/t"] = drip

        start = time.monotonic()

        found = error(site.url("/t"), seconds=1)

        assert found.message == "the answer takes more than 1 seconds (limit seconds)"
        assert time.monotonic() - start < 8

    def test_of_time_for_one_that_never_begins(self, site):
        site.answers["/t"] = lambda request: time.sleep(3)

        assert error(site.url("/t"), seconds=1).message == (
            "the answer takes more than 1 seconds (limit seconds)"
        )


class TestFailures:
    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
    def test_that_pass_are_tried_again(self, site, status):
        def answer(request):
            site.answers["/t"] = CSV
            request.send_error(status)

        site.answers["/t"] = answer
        pauses = []

        assert fetcher(retries=2, pauses=pauses).fetch(site.url("/t"), {}, {}).data
        assert pauses == [0.5]

    def test_that_do_not_are_told_after_the_last(self, site):
        site.answers["/t"] = (503, {}, b"")

        found = error(site.url("/t"), retries=2)

        assert len(site.asked) == 3
        assert found.message == "the server answers 503 Service Unavailable"
        assert found.hint == "try again later"

    def test_of_the_one_who_asks_are_told_at_once(self, site):
        found = error(site.url("/missing"), retries=2)

        assert len(site.asked) == 1
        assert found.message == "the server answers 404 Not Found"
        assert found.hint == "check the address, and what is sent with it"

    def test_of_the_connection(self):
        assert "the connection to" in error("http://h:1/x").message

    def test_an_answer_that_ends_too_early(self, site):
        site.answers["/t"] = (200, {"Content-Length": "50"}, b"x")

        found = error(site.url("/t"))

        assert "too early" in found.message or "connection" in found.message
