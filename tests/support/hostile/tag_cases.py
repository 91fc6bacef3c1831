"""Hostile tags of templates: items 13 to 18, in the body, in tables and on slides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zipfile import ZIP_STORED

from tests.support.hostile.case import Case
from tests.support.hostile.zips import in_body, lazily, parts_of, zipped
from tests.support.packages import docx_bytes, pptx_bytes

_ESCAPES = (
    "{{ ''.__class__ }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ x | attr('__class__') }}",
    "{{ '{0.__class__}'.format(x) }}", "{{ '{a.__init__}'.format_map({'a': x}) }}",
    "{{ self }}", "{{ self.__init__.__globals__ }}", "{{ joiner.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{ lipsum.__globals__ }}",
    "{{ namespace.__init__ }}", "{{ config }}", "{{ request }}", "{{ environment }}", "{{ loop }}",
    "{{ picture.__globals__ }}", "{{ picture.__closure__ }}", "{{ picture.__code__.co_consts }}",
    "{{ document.__globals__['__builtins__'] }}", "{{ markdown.__module__ }}", "{{ range.__class__ }}",
    "{{ rows.append(1) }}", "{{ rows.clear() }}", "{{ rows.sort() }}", "{{ table }}", "{{ picture }}",
    "{{ ['{0}'] | map('attr', 'format') | first }}", "{{ [x] | map(attribute='__class__') | list }}",
    "{{ rows | map(attribute='__class__.__mro__') | list }}", "{{ ()|attr('__class__')|attr('__base__') }}",
    "{{ x['__class__'] }}", "{{ dict.__base__ }}", "{{ dict.mro() }}", "{{ x.format.__self__ }}",
    "{{ '%s' | format(picture) | upper if picture.__name__ }}", "{{ rows | sum(start=picture) }}",
    "{{ (1).__class__ }}", "{{ none.__class__ }}", "{{ true.__class__.__base__ }}",
    "{{ rows|groupby('__class__') }}", "{{ '\\x5f\\x5fclass\\x5f\\x5f' | upper | attr('x') }}",
    "{{ x|attr('\\x5f\\x5fclass\\x5f\\x5f') }}", "{{ x|attr('_' ~ '_class_' ~ '_') }}",
    "{{ rows|selectattr('__class__')|list }}", "{{ rows|sort(attribute='__class__.x')|list }}",
    "{% set a = x.__class__ %}{{ a }}", "{% for k in ''.__class__.__mro__ %}{{ k }}{% endfor %}",
    "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% macro m() %}a{% endmacro %}{{ m.__init__.__globals__ }}", "{{ [].__len__() }}",
    "{{ x.encode().__class__ }}", "{{ undefined_name }}", "{{ x.nothing.at.all }}", "{{ x() }}",
    "{{ context }}", "{{ state }}", "{{ emit_plain }}", "{{ resolve('x') }}", "{{ counted }}",
    "{{ environment.lookup }}", "{{ caller() }}", "{{ varargs }}", "{{ kwargs }}", "{{ super() }}",
)  # fmt: skip
_REFUSED = (
    "{% include 'secret.txt' %}", "{% import 'os' as o %}", "{% from 'os' import path %}",
    "{% extends 'a' %}", "{% block a %}{% endblock %}", "{% raw %}{{ x }}",
    "{% autoescape false %}{{ x }}{% endautoescape %}", "{% debug %}", "{% trans %}a{% endtrans %}",
    "{% include '/etc/passwd' %}", "{% include '../secret.txt' %}", "{% nothing %}", "{% %}", "{{ }}",
    "{% if %}", "{% for %}", "{% for x %}a{% endfor %}", "{{ x | nothing }}", "{{ x is nothing }}",
    "{{ x", "{% if x", "{# open", "{{ 'open }}", "{{ x }", "{% endif %}", "{% else %}",
    "{% if x %}", "{% for a in rows %}{% endif %}", "{% endfor %}", "{{ x | }}", "{{ 1 + }}",
    "{{ x.}}", "{{ x[ }}", "{{ ((((x) }}", "{{ x y }}", "{% set = 1 %}", "{% macro %}{% endmacro %}",
    "{{ import os }}", "{{ lambda: 1 }}", "{{ x := 1 }}", "{{ yield x }}", "{{ await x }}",
    "{% set __x__.y = 1 %}", "{{ x ? 1 : 2 }}", "{{ 1 / 0 }}", "{{ 1 % 0 }}", "{{ 1 // 0 }}",
    "{{ x + 'a' }}", "{{ rows[99999] }}", "{{ rows.99 }}", "{{ -'a' }}", "{{ x < 'a' }}",
    "{{ '%d' % 'a' }}", "{{ '{' .format() }}", "{{ '{0}'.format() }}", "{{ '{!x}'.format(1) }}",
    "{{ '%' % 1 }}", "{{ rows | sort(attribute='nothing') | list }}", "{{ x | round('a') }}",
    "{{ 'a' | int + 'b' }}", "{{ picture('nothing.png') }}", "{{ document('nothing.docx') }}",
    "{{ picture('../secret.txt', alt='a') }}", "{{ picture('/etc/passwd', alt='a') }}",
    "{{ document('../secret.txt') }}", "{{ document('/etc/passwd') }}", "{{ picture(rows) }}",
    "{{ picture('\\x00', alt='a') }}", "{{ document('a\\x00b.docx') }}", "{{ picture('a' * 5000, alt='a') }}",
    "{{ document('http://127.0.0.1:9/a.docx') }}", "{{ picture('http://127.0.0.1:9/a.png', alt='a') }}",
    "{{ picture('file:///etc/passwd', alt='a') }}", "{{ picture('.', alt='a') }}", "{{ document('') }}",
    "{{ picture('data.yaml', alt='a') }}", "{{ document('data.yaml') }}", "{{ chart(1) }}",
    "{{ chart({'series': 1}) }}", "{{ chart({'series': []}) }}", "{{ table(1) }}", "{{ markdown(rows) }}",
)  # fmt: skip
_BOMBS = {
    "{{ 'x' * 10 ** 9 }}": "value_characters", "{{ [0] * 10 ** 9 }}": "value_characters",
    "{{ 10 ** (10 ** 10) }}": "integer_digits", "{{ 9 ** (9 ** 9) }}": "integer_digits",
    "{{ '%1000000000d' % 1 }}": "value_characters", "{{ 'x' | center(10 ** 9) }}": "value_characters",
    "{{ '{:>1000000000}'.format(1) }}": "value_characters", "{{ 'x'.ljust(10 ** 9) }}": "value_characters",
    "{{ '1'.zfill(10 ** 9) }}": "value_characters", "{{ 'x' | indent(10 ** 9, true) }}": "value_characters",
    "{{ [1] | batch(10 ** 9, 0) | list }}": "value_characters",
    "{{ [1] | slice(10 ** 9) | list }}": "value_characters", "{{ range(10 ** 9) | list }}": "range_items",
    "{{ range(10 ** 30) }}": "range_items", "{{ ('x' * 999999) * 999999 }}": "value_characters",
    "{{ 'a'.replace('', 'b' * 999999) * 9 }}": "value_characters",
    "{{ ('a' * 9999).replace('a', 'b' * 9999) }}": "value_characters",
    "{{ ('\\t' * 9999).expandtabs(10 ** 6) }}": "value_characters",
    "{{ ('a' * 9999) | replace('a', 'b' * 9999) }}": "value_characters",
    "{{ ('a,' * 9999).join(['b'] * 9999) }}": "value_characters",
    "{{ (['b'] * 9999) | join('a' * 9999) }}": "value_characters",
    "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}": "loop_turns",
    "{% for a in range(99999) %}{% for b in range(99999) %}a{% endfor %}{% endfor %}": "loop_turns",
    "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}": "call_depth",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}": "call_depth",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}": "loop_turns",
    "{% for a in range(100000) %}{{ 'x' * 100000 }}{% endfor %}": "output_characters|part_characters|in one piece",
    "{% set a %}{{ 'x' * 999999 }}{% endset %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 12:
        "buffered_characters|value_characters",
    "{% for a in range(9999) %}{% set b = range(99999) | list %}{% endfor %}": "loop_turns|render_seconds|made_characters",
    "{% for a in range(99999) %}{% set b = range(99999) | sum %}{% endfor %}": "loop_turns|render_seconds|made_characters",
    "{{ range(99999) | map('string') | join | length ** 99999 }}": "integer_digits",
    "{{ rows | tojson(10 ** 9) }}": "value_characters", "{{ 1.5 | round(10 ** 9) }}": "integer_digits",
    "{{ (10 ** 4000) | string | length * 10 ** 4299 * 99 ** 9999 }}": "integer_digits",
    "{{ 1 << 10 ** 9 }}": "not valid", "{{ 'a' * 2 ** 40 }}": "value_characters",
    "{{ ('ab' * 400000) ~ ('ab' * 400000) }}": "value_characters",
    "{{ ('a ' * 400000) | wordwrap(1, true, 'b' * 99) }}": "value_characters",
    "{{ ('a ' * 99999) | urlize(target='b' * 9999) }}": "value_characters",
    "{{ (range(9999) | list) * 9999 }}": "value_characters",
    "{{ dict(a=1) | xmlattr }}": "", "{{ (1).to_bytes(10 ** 9, 'big') }}": "value_characters",
    "{% for x in rows recursive %}{{ loop(rows) }}{% endfor %}": "call_depth|loop_turns",
    "{{ table([['x' * 90]] * 999999) }}": "limit table_rows", "{{ markdown('# a\\n\\n' * 199999) }}": "limit|markdown|characters",
    "{{ markdown('>' * 30000) }}": "", "{{ markdown('[' * 30000) }}": "", "{{ markdown('*a ' * 30000) }}": "",
    "{{ markdown('![' * 30000) }}": "", "{{ markdown('`' * 30000) }}": "", "{{ markdown('- ' * 30000) }}": "",
    "{{ markdown('<' * 30000) }}": "", "{{ markdown('|a' * 30000) }}": "", "{{ markdown('a\\n' ~ '|-' * 30000) }}": "",
    "{{ qr('a' * 99999) }}": "too long", "{{ 'a' | truncate(10 ** 9, leeway=-10 ** 9) }}": "leeway",
}  # fmt: skip
_SCOPES = (
    ("a", [["{% for r in rows %}", "b"], ["c", "d"]], "{% endfor %}"),
    ("a", [["{% if x %}b", "c{% endif %}"], ["{% if x %}", "d"]], "e"),
    ("a", [["{%tr for r in rows %}", ""], ["b", "{%tr endfor %}"]], "{% endfor %}"),
    ("{%p if x %}", [["a", "{%p endif %}"]]),
)
_EMPTYING = (
    ("{% if false %}", "a", "{% endif %}"),
    ([["{% if false %}", "a"], ["b", "c"], ["{% endif %}", ""]], "end"),
    ([["{%tr if false %}", ""], ["b", "c"], ["{%tr endif %}", ""]], "end"),
    ([["{%p if false %}a{%p endif %}", "b"]], "end"),
    ([["{% if false %}\na\n{% endif %}", "b"]], "end"),
    ([["{%tc if false %}", "b", "{%tc endif %}"]], "end"),
    ([["{%tr for r in [] %}", ""], ["b", "c"], ["{%tr endfor %}", ""]], "end"),
)
_WELL_KNOWN = ("{{" * 50_000, "{" * 200_000, "{%" * 50_000, "{{ x }" * 30_000, "{{ '" * 50_000,
               '{{ "' * 50_000, "{{ “" * 50_000, "{#" * 50_000, "{{ " + "(" * 5_000 + ")" * 5_000 + " }}",
               "{{ " + "[" * 5_000 + " }}", "{{ " + "-" * 20_000 + "1 }}", "{{ " + "not " * 9_000 + "x }}",
               "{{ x" + " | upper" * 5_000 + " }}", "{{ x" + ".a" * 20_000 + " }}",
               "{{ 1" + " + 1" * 20_000 + " }}", "{{ x" + " if x" * 3_000 + " }}", "}}" * 100_000,
               "{{ " + "{" * 5_000 + " }}", "{{ " + "a" * 100_000 + " }}",
               "{{ x" + "[0]" * 9_000 + " }}", "{{ x" + "()" * 9_000 + " }}", "{{ \\" + "\\" * 50_000 + " }}",
               "{% if x %}" * 300 + "{% endif %}" * 300, "{% for a in rows %}" * 60 + "{% endfor %}" * 60,
               "{{ x }}" * 20_100, "{% set a = 1 %}" * 20_100, "{{ 0x" + "f" * 99_999 + " }}",
               "{{ " + "9" * 100_000 + " }}", "{{ 1e" + "9" * 400 + " }}", "{{ \U0001f600 }}", "{{ x\u200b }}",
               "{{ x\u202e }}", "{{ \u0661 + 1 }}", "{{\u00a0x\u00a0}}{{", "{% for \u2028 in rows %}{% endfor %}",
               "{{ '" + "\\N{DIGIT ONE}" * 9 + "' }}{{", "{{ " + "x if x else " * 2_000 + "x }}")  # fmt: skip

_ROWS = {"data.yaml": b"x: 1\nrows: [{a: 1}, {a: 2}]\n"}


def _stored(make: Callable[..., bytes], *given: object) -> bytes:
    """Return a package without compression: a long run of one sign packs like a bomb."""
    return zipped(parts_of(make(*given)), ZIP_STORED)


#: Names with signs that nobody sees, which do not count.
_UNSEEN = ("{{ x\u200b }}", "{{ x\u202e }}")


def cases() -> Iterator[Case]:
    for number, tag in enumerate(_ESCAPES):
        for ending, template in (
            ("docx", lazily(docx_bytes, tag)), ("pptx", lazily(pptx_bytes, ["Title", tag])),
        ):  # fmt: skip
            yield Case(f"escape-{number}-{ending}", "13", template, data=_ROWS, ending=ending,
                       says="slide 1|paragraph 1", absent=("built-in", "0x7", "root:"))  # fmt: skip
    for number, tag in enumerate(_REFUSED):
        for ending, template in (
            ("docx", lazily(docx_bytes, "a", tag)), ("pptx", lazily(pptx_bytes, ["Title", tag])),
        ):  # fmt: skip
            yield Case(f"refused-{number}-{ending}", "13", template, data=_ROWS, ending=ending,
                       says="slide 1|paragraph 2|document|picture|data.yaml|namespace")  # fmt: skip
    for number, (tag, says) in enumerate(_BOMBS.items()):
        yield Case(f"bomb-tag-{number}", "16", lazily(docx_bytes, tag), data=_ROWS, says=says,
                   fails=bool(says))  # fmt: skip
        if "%}" not in tag and says:
            yield Case(f"bomb-cell-{number}", "16", lazily(docx_bytes, [["a", tag]]), data=_ROWS,
                       says=says)  # fmt: skip
            yield Case(f"bomb-slide-{number}", "16", lazily(pptx_bytes, ["a", tag]), data=_ROWS,
                       says=says, ending="pptx")  # fmt: skip
    for number, blocks in enumerate(_SCOPES):
        yield Case(f"scope-{number}", "17", lazily(docx_bytes, *blocks), data=_ROWS, says="")
    for number, blocks in enumerate(_EMPTYING):
        yield Case(f"emptied-{number}", "17", lazily(docx_bytes, *blocks), data=_ROWS, fails=False)
    for number, text in enumerate(_WELL_KNOWN):
        fails = (not text.startswith("}}") and "a = 1" not in text[:12]) or "set a" in text[:9]
        if text in _UNSEEN:
            fails = False
        yield Case(
            f"scanner-{number}", "18", lazily(_stored, docx_bytes, text), says="", fails=fails
        )
        yield Case(f"scanner-{number}-pptx", "18", lazily(_stored, pptx_bytes, ["a", text]), says="",
                   fails=fails, ending="pptx")  # fmt: skip
    runs = "".join(f"<w:r><w:t>{sign}</w:t></w:r>" for sign in "{{" * 20_000)
    yield Case("scanner-runs", "18", lazily(_stored, in_body, f"<w:p>{runs}</w:p>"), says="closed")
    slides = [["{%slide for a in range(1100) %}", "x"], ["{%slide endfor %}", "y"]]
    yield Case("many-slides", "16", lazily(pptx_bytes, *slides), says="limit slides", ending="pptx")
