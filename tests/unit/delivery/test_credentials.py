"""What is secret is told nowhere."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from generator.delivery.credentials import Credentials
from generator.errors import DeliveryError, Location

SIGNS = st.characters(codec="utf-8", exclude_categories=("C", "Z"))


def of(**environment: str) -> Credentials:
    return Credentials(environment, Location("report.yaml"))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(secret=st.text(SIGNS, min_size=8), before=st.text(), after=st.text())
def test_a_long_secret_is_hidden_wherever_it_stands(secret, before, after):
    assume("*" not in secret)
    credentials = of(S=secret)
    taken = credentials.secret("S")

    assert taken not in credentials.hidden(before + taken + after)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    token=st.text(st.sampled_from("abcXYZ0189-_"), min_size=8),
    user=st.text(st.sampled_from("abcXYZ019"), min_size=1),
)
def test_each_part_of_a_secret_address_is_hidden(token, user):
    credentials = of(U=f"slack://{user}:{token}@Host-{token}/p/{token}?key={token}x")
    credentials.secret_address("U", open_host=False)

    told = credentials.hidden(f"asked https://h/p/{token} with key {token}x as ({user})")

    assert token not in told
    assert f"({user})" not in told


def test_a_short_secret_is_hidden_as_a_word_and_spoils_no_other():
    credentials = of(P="p")
    credentials.secret("P")

    assert credentials.hidden("password p, port") == "password ***, port"


def test_the_host_of_an_address_can_be_told():
    credentials = of(U="https://hooks.example.org/T0KEN-12345678")
    credentials.secret_address("U", open_host=True)

    told = credentials.hidden("https://hooks.example.org/T0KEN-12345678 at hooks.example.org")

    assert told == "*** at hooks.example.org"


@pytest.mark.parametrize("environment", [{}, {"S": ""}, {"S": "  "}])
def test_a_variable_that_is_not_set_is_told(environment):
    with pytest.raises(DeliveryError) as caught:
        of(**environment).secret("S")

    assert caught.value.message == "the environment variable S is not set"
    assert str(caught.value.where) == "report.yaml"
    assert caught.value.hint == "set it before the report is delivered"
