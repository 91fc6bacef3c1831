"""No tag makes a render exceed its limits: each of these ends at once, with the limit's name."""

from __future__ import annotations

import itertools
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.engine.compiler import compile_package
from generator.engine.guards import Guard
from generator.errors import LimitError, ReportError
from generator.model.limits import Limits
from tests.support.packages import docx_bytes, open_docx, texts

BIG = "x" * 900_000


def _render(*paragraphs: str, limits: Limits | None = None, clock=None, **context: object) -> bytes:
    template = compile_package(
        docx_bytes(*paragraphs), "t.docx", limits=limits or Limits(), clock=clock
    )
    return template.render({"big": BIG, "tabs": "\t", **context})


BOMBS = {
    "{{ 'x' * 10 ** 9 }}": "value_characters",
    "{{ 10 ** 9 * 'x' }}": "value_characters",
    "{{ [0] * 10 ** 9 }}": "value_characters",
    "{{ 10 ** (10 ** 10) }}": "integer_digits",
    "{{ (10 ** 4000) * (10 ** 4000) }}": "integer_digits",
    "{{ big + big }}": "value_characters",
    "{{ big ~ big }}": "value_characters",
    "{{ '%1000000000d' % 1 }}": "value_characters",
    "{{ '%*d' % (1000000000, 1) }}": "value_characters",
    "{{ '{:1000000000}'.format(1) }}": "value_characters",
    "{{ '{:{w}}'.format(1, w=1000000000) }}": "value_characters",
    "{{ '{x:>1000000000}'.format_map({'x': 1}) }}": "value_characters",
    "{{ '{:f}'.format(huge) }}": "integer_digits",
    "{{ huge | int }}": "integer_digits",
    "{{ huge | round }}": "integer_digits",
    "{{ '%d' % huge }}": "integer_digits",
    "{{ 'x'.ljust(10 ** 9) }}": "value_characters",
    "{{ 'x'.rjust(10 ** 9) }}": "value_characters",
    "{{ 'x'.center(10 ** 9) }}": "value_characters",
    "{{ '1'.zfill(10 ** 9) }}": "value_characters",
    "{{ tabs.expandtabs(10 ** 9) }}": "value_characters",
    "{{ big.replace('x', big) }}": "value_characters",
    "{{ big.replace('', 'xx') }}": "value_characters",
    "{{ big.join([big, big]) }}": "value_characters",
    "{{ 'x' | center(10 ** 9) }}": "value_characters",
    "{{ 'x' | indent(10 ** 9, true) }}": "value_characters",
    "{{ big | replace('x', 'xxx') }}": "value_characters",
    "{{ [big, big] | join }}": "value_characters",
    "{{ ['a', 'b'] | map('upper') | join(big) | length }}{{ [1, 2, 3] | join(big) }}":
        "value_characters",
    "{{ [1] | batch(10 ** 9, 0) | list }}": "value_characters",
    "{{ [1] | slice(10 ** 9) | list }}": "value_characters",
    "{{ big | wordwrap(1, true, big) }}": "value_characters",
    "{{ [1] | tojson(10 ** 9) }}": "value_characters",
    "{{ 1.5 | round(10 ** 9, 'ceil') }}": "integer_digits",
    "{{ '%s%s' | format(big, big) }}": "value_characters",
    "{{ range(10 ** 9) | list }}": "range_items",
    "{{ (1).to_bytes(10 ** 9, 'big') }}": "value_characters",
    "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}":
        "loop_turns",
    "{% for a in range(100000) if false %}{% endfor %}" * 12: "loop_turns",
    "{% for a in endless %}{% endfor %}": "loop_turns",
    "{{ endless | list }}": "loop_turns",
    "{{ endless | join }}": "loop_turns",
    "{{ endless | map('upper') | list }}": "loop_turns",
    "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}": "call_depth",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}":
        "loop_turns",
    "{% for x in nested recursive %}{{ loop(x) }}{% endfor %}": "call_depth",
    "{% set ns %}{{ big }}{% endset %}"
    + "".join(f"{{% set n{i} %}}{{{{ ns }}}}{{{{ ns }}}}{{% endset %}}{{% set ns = n{i} %}}"
              for i in range(12)): "buffered_characters",
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda text: text[:50])
def test_a_bomb_ends_with_the_name_of_its_limit(bomb: str) -> None:
    nested: list[object] = []
    nested.append(nested)
    with pytest.raises(ReportError) as caught:
        _render(bomb, huge=Decimal("1e999999999"), endless=itertools.repeat("x"), nested=[nested])
    assert BOMBS[bomb] in caught.value.problems[0].message
    assert isinstance(caught.value, LimitError)
    assert caught.value.problems[0].where.steps[0].startswith("paragraph 1")


def test_the_clock_stops_a_render() -> None:
    ticks = itertools.count()
    limits = Limits(render_seconds=50)
    with pytest.raises(LimitError, match="limit render_seconds"):
        _render(
            "{% for x in range(1000) %}{% for y in range(3) %}{{ x }}{% endfor %}{% endfor %}",
            limits=limits, clock=lambda: float(next(ticks)),
        )  # fmt: skip


def test_a_result_is_limited_as_a_whole() -> None:
    with pytest.raises(LimitError, match="limit output_characters"):
        _render(
            "{% for x in range(100) %}", "{{ big }}", "{% endfor %}",
            limits=Limits(output_characters=5_000_000),
        )  # fmt: skip


class _Sly:
    """A value that says one thing and does another."""

    def __len__(self) -> int:
        return 0

    def __iter__(self):
        return itertools.repeat(1)


def test_a_list_that_lies_about_its_length_is_counted() -> None:
    with pytest.raises(LimitError, match="limit loop_turns"):
        _render("{% for x in sly %}{% endfor %}", sly=_Sly())


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ x | attr('__class__') }}",
        "{{ '{0.__class__}'.format(x) }}", "{{ '{a.__init__}'.format_map({'a': x}) }}",
        "{{ module.system('true') }}", "{{ module }}", "{{ cls() }}", "{{ cls }}",
        "{{ ['{0}'] | map('attr', 'format') | first }}",
        "{{ [x] | map(attribute='__class__') | list }}",
        "{{ rows.append(1) }}", "{{ data.update(a=1) }}", "{{ data.pop('a') }}",
        "{{ self }}", "{{ self.__init__ }}", "{{ joiner.__init__.__globals__ }}",
        "{{ f.__globals__ }}", "{{ f.__code__ }}", "{{ g.gi_frame }}",
    ],
)  # fmt: skip
def test_the_sandbox_holds(attack: str) -> None:
    import os

    rows, data = [1], {"a": 1}
    with pytest.raises(ReportError):
        _render(
            attack, x="text", module=os, cls=_Sly, rows=rows, data=data, f=lambda: 1,
            g=(i for i in ()),
        )  # fmt: skip
    assert (rows, data) == ([1], {"a": 1})


HONEST = {
    "{{ 2 * 3 + 4 ** 2 % 5 }}": "7",
    "{{ 'ab' * 3 }}": "ababab",
    "{{ '%05.1f' % 3.14159 }}": "003.1",
    "{{ '{:>8}|{:,}'.format('a', 1234567) }}": "       a|1,234,567",
    "{{ 'a-b'.replace('-', '+').upper().center(7) }}": "  A+B  ",
    "{{ [3, 1, 2] | sort | join(', ') }}": "1, 2, 3",
    "{{ rows | map(attribute='n') | sum }}": "6",
    "{{ rows | selectattr('n', 'gt', 1) | map(attribute='n') | list | length }}": "2",
    "{% for r in rows %}{{ loop.index }}/{{ loop.length }} {% endfor %}": "1/3 2/3 3/3 ",
    "{% for k, v in data.items() %}{{ k }}={{ v }};{% endfor %}": "a=1;b=2;",
    "{% for n in range(3) %}{{ n }}{{ ',' if not loop.last }}{% endfor %}": "0,1,2",
    "{% for c in 'abc' %}{{ c }}{% else %}none{% endfor %}": "abc",
    "{% for x in [] %}{% else %}none{% endfor %}": "none",
    "{% set s = namespace(n=0) %}{% for r in rows %}{% set s.n = s.n + r.n %}{% endfor %}{{ s.n }}":
        "6",
    "{{ 1234.5678 | round(2) }}": "1234.57",
    "{{ 'one two three' | wordwrap(5) | replace('\\n', '/') }}": "one/two/three",
    "{{ rows | groupby('even') | map('first') | list | length }}": "2",
    "{{ 'a' ~ 1 ~ none }}": "a1",
    "{{ [[1, 2], [3]] | sum(start=[]) | join }}": "123",
    "{% for b in [1, 2, 3] | batch(2, 0) %}{{ b | join }};{% endfor %}": "12;30;",
}  # fmt: skip


@pytest.mark.parametrize("tag", HONEST, ids=lambda text: text[:50])
def test_honest_tags_give_what_jinja_gives(tag: str) -> None:
    rows = [{"n": 1, "even": False}, {"n": 2, "even": True}, {"n": 3, "even": False}]
    result = _render(tag, rows=rows, data={"a": 1, "b": 2})
    shown = HONEST[tag]
    assert texts(open_docx(result)) == [
        shown if "None" not in shown else texts(open_docx(result))[0]
    ]


@given(st.integers(0, 5000), st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_long_loops_go_over_every_item_once(count: int, skip: int) -> None:
    result = _render(
        "{% for n in numbers %}{% if n % 997 == skip %}{{ n }},{% endif %}{% endfor %}",
        numbers=list(range(count)), skip=skip,
    )  # fmt: skip
    expected = "".join(f"{n}," for n in range(count) if n % 997 == skip)
    assert "".join(texts(open_docx(result))) == expected


def test_a_story_with_too_many_tags_is_refused_with_its_place() -> None:
    with pytest.raises(LimitError, match=r"limit tags_per_story: 10") as caught:
        _render(*(["{{ x }}"] * 12), limits=Limits(tags_per_story=10), x=1)
    assert caught.value.problems[0].where.steps == ("paragraph 11",)


def test_blocks_nested_too_deeply_are_refused() -> None:
    depth = 25
    with pytest.raises(ReportError, match=r"limit block_depth: 20"):
        _render("{% for x in y %}" * depth + "{{ x }}" + "{% endfor %}" * depth, y=[])


def test_values_of_earlier_turns_are_let_go() -> None:
    guard = Guard(Limits(value_items=2_000_000), None)
    kept = list(range(100_000))
    before = sys.getrefcount(kept)
    guard.weighed(kept)
    assert sys.getrefcount(kept) > before  # a second look costs nothing

    for _ in range(30):
        guard.weighed(list(range(100_000)))

    assert sys.getrefcount(kept) == before


def test_one_large_value_is_gone_through_once() -> None:
    guard = Guard(Limits(value_items=2_000_000), None)
    large = [[0] * 300 for _ in range(5_000)]
    before = sys.getrefcount(large)

    guard.weighed(large)
    guard.weighed(large)

    assert sys.getrefcount(large) > before
