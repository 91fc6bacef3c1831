"""Targets as they stand in report.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import DefinitionError
from generator.model.delivery_definition import filled, split_address
from generator.sources.definition import read_definition
from tests.support.projects import DEFINITION, write_project

MAIL = "host: h, from: a@example.org, to: b@example.org"


def problem_of(folder: Path, target: str):
    """Return the one problem of a definition with a target."""
    path = write_project(folder, definition=DEFINITION + f"deliver:\n  x: {target}\n")
    with pytest.raises(DefinitionError) as caught:
        read_definition(path)
    (problem,) = caught.value.problems
    assert problem.where is not None
    assert (problem.where.file, problem.where.line) == ("report.yaml", 11)
    return problem


@pytest.mark.parametrize(
    ("target", "message", "hint"),
    [
        ("{}", "the target says nowhere to deliver",
         "give one of folder, store, mail, webhook and chat"),
        ("{folder: a, chat: {url_env: C}}", "a target has folder and chat",
         "give one of folder, store, mail, webhook and chat"),
        ("{folder: 'a/{dat}'}", '"{dat}" stands for nothing',
         "known: {edition}, {date}, {year}, {month}"),
        ("{folder: 'a/{title}'}", '"{title}" stands for nothing',
         "known: {edition}, {date}, {year}, {month}"),
        ("{folder: a, link: 'javascript:x'}", '"javascript:x" is no link',
         "write https://host/path"),
        (f"{{mail: {{{MAIL}, subject: '{{who}}'}}}}", '"{who}" stands for nothing',
         "known: {edition}, {date}, {year}, {month}, {title}"),
        ("{mail: {host: h, from: a@example.org}}", "the mail goes to nobody",
         "write to: [name@example.org]"),
        (f"{{mail: {{{MAIL}, user_env: U}}}}", "user_env and password_env belong together",
         "give both, or none"),
        ("{webhook: {secret_env: S}}", "a webhook needs one of url and url_env",
         "give one of them"),
        ("{folder: a, folders: b}", '"folders" is not known here', 'did you mean "folder"?'),
        ("{store: {url: 's3://b', options: {key: abc}}}",
         '"key" does not belong into a definition',
         "put it into an environment variable: key: {env: VARIABLE}"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path, target, message, hint):
    problem = problem_of(tmp_path, target)

    assert (problem.message, problem.hint) == (message, hint)


def test_short_forms(tmp_path):
    path = write_project(tmp_path, definition=DEFINITION + (
        "deliver:\n  a: {store: 's3://bucket/x'}\n"
        f"  b: {{mail: {{{MAIL}, cc: c@example.org}}}}\n"
    ))  # fmt: skip

    targets = read_definition(path).entry.deliver

    assert [(name, target.kind) for name, target in targets.items()] == [
        ("a", "store"), ("b", "mail"),
    ]  # fmt: skip
    assert targets["a"].store.url == "s3://bucket/x"
    assert targets["b"].mail.cc == ("c@example.org",)


def test_targets_rebuild_nothing(tmp_path):
    from generator.editions.current import build_current

    path = write_project(tmp_path)
    build_current(path)
    path.write_text(DEFINITION + "deliver:\n  a: {folder: shelf}\n", encoding="utf-8")

    result = build_current(path)

    assert {file.state for file in result.files} == {"unchanged"}
    assert all(file.reasons == () for file in result.files)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a@b.cn", ("", "a@b.cn")),
        ("统计办 <a@b.cn>", ("统计办", "a@b.cn")),
        ('"Li, Wei" <a@b.cn>', ("Li, Wei", "a@b.cn")),
        ("<a@b.cn>", ("", "a@b.cn")),
    ],
)
def test_addresses_have_a_name_or_none(text, parts):
    assert split_address(text) == parts


def test_what_is_filled_in_is_not_filled_again():
    assert filled("{a}-{b}", {"a": "{b}", "b": "x"}) == "{b}-x"
