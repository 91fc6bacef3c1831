"""What is due: stops, sleep, clocks that are set and daylight saving are one case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.model.schedule_definition import ScheduleDefinition
from generator.scheduling.due import MOST_COUNTED, due
from generator.scheduling.plan import Plan


def plan(cron: str = "0 9 * * *", **given: object) -> Plan:
    rule = {"every": given.pop("every")} if "every" in given else {"cron": cron}
    return Plan(ScheduleDefinition.model_validate({**rule, **given}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


class TestMissed:
    def test_nothing_is_due_before_its_time(self):
        found = due(plan(), at("11-27T09:00"), at("11-28T08:59:59"))

        assert (found.runs, found.mark) == ((), at("11-27T09:00"))

    def test_it_is_due_at_its_time_and_then_no_more(self):
        found = due(plan(), at("11-27T09:00"), at("11-28T09:00"))

        assert found.runs == (at("11-28T09:00"),)
        assert due(plan(), found.mark, at("11-28T09:00:30")).runs == ()

    def test_after_a_stop_the_latest_is_made_up_for(self):
        found = due(plan(), at("11-24T09:00"), at("11-28T10:00"))

        assert found.runs == (at("11-28T09:00"),)
        assert found.passed_over is not None
        assert (found.passed_over.first, found.passed_over.last, found.passed_over.count) == (
            at("11-25T09:00"), at("11-27T09:00"), 3,
        )  # fmt: skip
        assert found.passed_over.reason == "a later one is made up for"

    def test_all_are_made_up_for_in_order_up_to_their_number(self):
        limit = {"age": "60 days", "number": 3}
        found = due(plan(missed="all", missed_limit=limit), at("11-20T09:00"), at("11-28T10:00"))

        assert found.runs == (at("11-26T09:00"), at("11-27T09:00"), at("11-28T09:00"))
        assert found.passed_over is not None
        assert found.passed_over.count == 5

    @pytest.mark.parametrize("missed", ["latest", "all"])
    def test_what_is_older_than_the_limit_is_passed_over(self, missed):
        found = due(plan(missed=missed, missed_limit={"age": "2 hours"}), at("11-20T09:00"),
                    at("11-28T11:00:01"))  # fmt: skip

        assert found.runs == ()
        assert found.passed_over is not None
        assert found.passed_over.reason == "older than the limit"
        assert found.mark == at("11-28T09:00")

    def test_skip_makes_only_what_is_on_time(self):
        found = plan(missed="skip", on_time="15 minutes")

        assert due(found, at("11-27T09:00"), at("11-28T09:15")).runs == (at("11-28T09:00"),)
        late = due(found, at("11-27T09:00"), at("11-28T09:15:01"))
        assert late.runs == ()
        assert late.passed_over is not None
        assert late.passed_over.reason == "missed, and missed times are skipped"

    def test_years_of_absence_cost_little_and_count_to_a_limit(self):
        minutely = plan("* * * * *", missed_limit={"age": "3650 days"})

        found = due(minutely, datetime(2020, 1, 1, tzinfo=UTC), at("11-28T10:00"))

        assert found.runs == (at("11-28T10:00"),)
        assert found.passed_over is not None
        assert found.passed_over.count == MOST_COUNTED

    def test_a_blackout_day_is_neither_made_nor_missed(self):
        found = due(plan(blackout=["2026-11-28"]), at("11-27T09:00"), at("11-28T12:00"))

        assert (found.runs, found.passed_over) == ((), None)


class TestClocks:
    def test_a_clock_set_back_repeats_nothing(self):
        first = due(plan(), at("11-27T09:00"), at("11-28T09:00"))
        back = due(plan(), first.mark, at("11-28T08:00"), {at("11-28T09:00")})
        again = due(plan(), back.mark, at("11-28T09:00"), {at("11-28T09:00")})
        later = due(plan(), again.mark, at("11-29T09:00"), {at("11-28T09:00")})

        assert (back.runs, again.runs) == ((), ())
        assert later.runs == (at("11-29T09:00"),)

    def test_a_clock_far_ahead_by_mistake_does_not_stop_the_times_that_come(self):
        ahead = due(plan(), at("11-27T09:00"), datetime(2036, 1, 1, 12, tzinfo=UTC))
        back = due(plan(), ahead.mark, at("11-27T12:00"), set(ahead.runs))

        assert ahead.runs == (datetime(2036, 1, 1, 9, tzinfo=UTC),)
        assert back.mark == at("11-27T12:00")
        assert due(plan(), back.mark, at("11-28T09:00"), set(ahead.runs)).runs == (
            at("11-28T09:00"),
        )

    def test_a_time_passed_over_by_a_wrong_clock_is_made_when_it_comes(self):
        skipping = plan(missed="skip")
        ahead = due(skipping, at("11-27T09:00"), at("11-28T20:00"))
        back = due(skipping, ahead.mark, at("11-28T08:30"))

        assert ahead.runs == ()
        assert due(skipping, back.mark, at("11-28T09:00")).runs == (at("11-28T09:00"),)


STEPS = st.lists(
    st.one_of(st.integers(1, 3 * 86400), st.integers(-2 * 86400, 86400)), min_size=1, max_size=25
)


class TestLaws:
    @settings(max_examples=40, deadline=None)
    @given(
        st.sampled_from(["latest", "all", "skip"]),
        st.sampled_from(["30 2 * * *", "*/50 * * * *", "0 9 * * 1-5"]),
        st.sampled_from(["Europe/Paris", "Asia/Shanghai", "UTC"]),
        st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 1)),
        STEPS,
    )
    def test_no_time_is_run_twice_whatever_the_clock_does(self, missed, cron, zone, start, steps):
        found = plan(cron, time_zone=zone, missed=missed)
        now = start.replace(microsecond=0, tzinfo=UTC)
        mark, started = now, []

        for step in steps:
            now += timedelta(seconds=step)
            result = due(found, mark, now, set(started))
            again = due(found, result.mark, now, {*started, *result.runs})
            assert again.runs == ()
            assert list(result.runs) == sorted(result.runs)
            assert all(planned <= now for planned in result.runs)
            started += result.runs
            mark = result.mark

        assert len(started) == len(set(started))

    @settings(max_examples=60, deadline=None)
    @given(st.integers(1, 59), st.lists(st.integers(1, 1800), min_size=1, max_size=40))
    def test_looked_at_often_enough_every_time_is_run(self, minute, steps):
        found = plan(f"{minute} * * * *")
        start = now = mark = at("10-24T12:00")
        started = []

        for step in steps:
            now += timedelta(seconds=step)
            result = due(found, mark, now)
            started += result.runs
            mark = result.mark

        assert started == list(found.between(start, now))
