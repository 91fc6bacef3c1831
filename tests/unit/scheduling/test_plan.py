"""Planned times: a set of instants that depends on the rule alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import DefinitionError, Location
from generator.model.schedule_definition import ScheduleDefinition
from generator.scheduling.plan import Plan, check_cron

PARIS = ZoneInfo("Europe/Paris")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def plan(cron: str | list[str] | None = None, **given: object) -> Plan:
    return Plan(ScheduleDefinition.model_validate({"cron": cron, **given}))


def at(text: str, zone: ZoneInfo | None = None) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment.replace(tzinfo=zone) if zone else moment.replace(tzinfo=UTC)).astimezone(UTC)


def between(found: Plan, first: str, last: str) -> list[str]:
    return [f"{moment:%Y-%m-%dT%H:%M}" for moment in found.between(at(first), at(last))]


class TestDaylightSaving:
    def test_a_time_that_does_not_exist_comes_once_at_the_next_that_does(self):
        found = plan("30 2 * * *", time_zone="Europe/Paris")

        assert between(found, "2026-03-28T00:00", "2026-03-30T12:00") == [
            "2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30",
        ]  # fmt: skip

    def test_a_time_that_exists_twice_comes_once(self):
        found = plan("30 2 * * *", time_zone="Europe/Paris")

        assert between(found, "2026-10-24T12:00", "2026-10-26T12:00") == [
            "2026-10-25T00:30", "2026-10-26T01:30",
        ]  # fmt: skip

    def test_every_half_hour_goes_on_through_both_hours(self):
        found = plan("*/30 * * * *", time_zone="Europe/Paris")

        assert between(found, "2026-10-24T23:59", "2026-10-25T02:00") == [
            "2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30",
            "2026-10-25T02:00",
        ]  # fmt: skip

    @pytest.mark.parametrize("minutes", range(0, 240, 7))
    def test_where_a_search_begins_changes_nothing(self, minutes):
        found = plan(["30 2 * * *", "*/20 2 * * *"], time_zone="Europe/Paris")
        whole = list(found.between(at("2026-10-24T23:00"), at("2026-10-25T04:00")))
        start = at("2026-10-24T23:00") + timedelta(minutes=minutes)

        assert list(found.between(start, at("2026-10-25T04:00"))) == [
            moment for moment in whole if moment > start
        ]

    def test_every_counts_hours_not_clocks(self):
        found = plan(every="6 hours", time_zone="Europe/Paris")

        moments = list(found.between(at("2026-10-24T00:00"), at("2026-10-27T00:00")))

        assert {b - a for a, b in pairwise(moments)} == {timedelta(hours=6)}
        assert moments[0].astimezone(PARIS).hour % 6 == 1  # Central European Summer Time


class TestRules:
    def test_working_days_at_half_past_eight_in_shanghai(self):
        found = plan("30 8 * * 1-5", time_zone="Asia/Shanghai")

        assert between(found, "2026-11-26T00:00", "2026-12-01T12:00") == [
            "2026-11-26T00:30", "2026-11-27T00:30", "2026-11-30T00:30", "2026-12-01T00:30",
        ]  # fmt: skip

    def test_monday_is_one(self):
        assert plan("0 9 * * 1").next(at("2026-11-24T00:00")).weekday() == 0

    def test_leap_days_are_found_years_ahead(self):
        found = plan("0 6 29 2 *")

        assert found.next(at("2024-02-29T06:00")) == at("2028-02-29T06:00")
        assert found.next(at("2096-03-01T00:00")) == at("2104-02-29T06:00")

    def test_the_last_day_and_the_last_friday_of_the_month(self):
        found = plan(["0 7 L * *", "0 7 * * 5L"])

        assert between(found, "2026-02-01T00:00", "2026-03-01T00:00") == [
            "2026-02-27T07:00", "2026-02-28T07:00",
        ]  # fmt: skip

    def test_two_lines_that_meet_plan_one_time(self):
        assert between(
            plan(["0 9 * * *", "0 9 * * 1"]), "2026-11-30T00:00", "2026-12-01T00:00"
        ) == ["2026-11-30T09:00"]

    def test_blackout_days_are_those_of_the_zone(self):
        found = plan("30 0 * * *", time_zone="Asia/Shanghai",
                     blackout=["2026-10-01..2026-10-07", date(2026, 10, 10)])  # fmt: skip

        moments = list(found.between(at("2026-09-29T12:00"), at("2026-10-11T12:00")))

        assert [moment.astimezone(SHANGHAI).day for moment in moments] == [30, 8, 9, 11]

    def test_a_line_that_names_no_time_is_told(self):
        definition = ScheduleDefinition(cron=("0 6 31 2 *",))

        with pytest.raises(DefinitionError) as caught:
            check_cron(definition, Location("report.yaml", line=3))

        assert caught.value.message.startswith('the cron line "0 6 31 2 *" names no time')
        assert str(caught.value.where) == "report.yaml, line 3"
        assert caught.value.hint == 'write minute, hour, day, month and weekday: "30 8 * * 1-5"'


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
ZONES = st.sampled_from(
    ["UTC", "Europe/Paris", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe",
     "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia"]
)  # fmt: skip
CRONS = st.sampled_from(
    ["30 2 * * *", "*/7 * * * *", "0 9 * * 1-5", "15,45 2 * * *", "0 0 1 * *", "*/30 2 * * *",
     "0 */5 * * *", "59 23 L * *", "0 12 29 2 *"]
)  # fmt: skip


class TestLaws:
    @settings(max_examples=40, deadline=None)
    @given(CRONS, ZONES, MOMENTS, st.integers(1, 40 * 24), st.data())
    def test_a_stretch_is_its_two_halves(self, cron, zone, start, hours, data):
        found = plan(cron, time_zone=zone)
        end = start + timedelta(hours=hours)
        middle = start + timedelta(minutes=data.draw(st.integers(0, hours * 60)))

        whole = list(found.between(start, end))

        assert whole == [*found.between(start, middle), *found.between(middle, end)]
        assert whole == sorted(set(whole))
        assert list(found.backwards(end, start)) == whole[::-1]

    @settings(max_examples=60, deadline=None)
    @given(ZONES, MOMENTS)
    def test_a_daily_time_comes_once_a_day(self, zone, start):
        found = plan("30 2 * * *", time_zone=zone)
        place = ZoneInfo(zone)

        days = [moment.astimezone(place).date() for moment in
                found.between(start, start + timedelta(days=400))]  # fmt: skip

        assert len(days) == len(set(days))
        missing = {days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days)} - {*days}
        assert missing <= {date(2011, 12, 30)}  # the day that Samoa left out

    @settings(max_examples=40, deadline=None)
    @given(ZONES, MOMENTS, st.integers(60, 10**6))
    def test_multiples_lie_evenly(self, zone, start, seconds):
        found = plan(every=f"{seconds} seconds", time_zone=zone)

        moments = list(found.between(start, start + timedelta(seconds=5 * seconds)))

        assert len(moments) == 5
        assert start < moments[0] <= start + timedelta(seconds=seconds)
        assert {b - a for a, b in pairwise(moments)} == {timedelta(seconds=seconds)}
