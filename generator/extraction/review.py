"""Walking through the facts of a draft that wait for review: what is shown, and what an answer does.

The draft itself is the state: each answer changes its text, so that one can stop at any time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from generator.errors import DataError
from generator.extraction.yaml_edit import YamlText
from generator.model.fact import FactEntry, FactFile
from generator.sources.fact_checks import check_entry
from generator.sources.validation import validate
from generator.sources.yaml_text import YamlDocument, read_yaml

#: Fields that an answer may set, and what each is.
FIELDS = {
    "zh": "name in Chinese", "en": "name in English", "written": "the value as printed",
    "number": "digits only; a fall is negative", "unit": "亿元, %, 家, ...",
    "bound": "exact, over, at_least, about, nearly, under or at_most", "period": "2025-H1, 2024, 2025-06-end, ...",
    "kind": "figure, rank, ordinal or target", "comparison": "yoy, qoq, average, change, gap, ... or none",
    "inferred": "none, or the name of an assumption", "phrase": "the words around the figure",
    "at": "section and paragraph", "id": "name of the fact in its group",
}  # fmt: skip
HELP = """\
a            accept what is shown
e FIELD=...  change a field, for example: e unit=万元   or   e zh=出口总额
s            skip: the fact leaves the draft; its phrase is kept in the list "unread"
b            back to the fact before, as it was
q            quit; go on later with the same command
fields: """ + ", ".join(FIELDS)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pending:
    """A fact that waits: its group and name, and its fields as the draft has them."""

    group: str
    name: str
    fields: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.group}.{self.name}"


@dataclass(slots=True)
class Tally:
    """What a session has done."""

    accepted: int = 0
    edited: int = 0
    skipped: int = 0
    left: int = 0


class Session:
    """The review of one draft.

    Raises:
        DataError: the draft is no data file.
    """

    def __init__(self, data: bytes, file: str) -> None:
        self._file = file
        self._before: list[tuple[str, str]] = []
        self._load(data.decode("utf-8-sig") if _is_utf8(data) else "", data)
        self.tally = Tally(left=len(self.pending))
        self.total = len(self.pending)

    def _load(self, text: str, data: bytes | None = None) -> None:
        self.document = read_yaml(data if data is not None else text.encode("utf-8"), self._file)
        self._root, data_part = facts_part(self.document)
        self.content = validate(FactFile, data_part, DataError)
        self.text = YamlText(text, self._file)
        self.pending = [
            Pending(group, name, self.document.value[self._root][group]["facts"][name])
            for group, entries in self.content.groups.items()
            for name, entry in entries.facts.items()
            if entry.review is not None
        ]

    def accept(self, fact: Pending, changes: dict[str, str]) -> str | None:
        """Take a fact over with what was changed; return what is wrong with it, or None."""
        fields, problem = self.changed(fact, changes)
        if problem is not None:
            return problem
        name = changes.get("id", fact.name)
        if name != fact.name and (
            not name.isidentifier()
            or not name.isascii()
            or name.lower() != name
            or not name[0].isalpha()
        ):
            return f'"{name}" is not a name; use small letters, digits and _'
        if name != fact.name and self.text.has(self._root, fact.group, "facts", name):
            return f'the group has a fact "{name}" already'
        self._keep(fact)
        path = (self._root, fact.group, "facts", fact.name)
        for key, value in fields.items():
            if key != "review" and fact.fields.get(key) != value:
                self.text.put((*path, key), value)
        for key in fact.fields:
            if key not in fields and key != "review":
                self.text.remove(*path, key)
        self.text.remove(*path, "review")
        text = self.text.text
        if name != fact.name:
            number = self.text.line_of(*path)
            lines = text.split("\n")
            lines[number - 1] = lines[number - 1].replace(f"{fact.name}:", f"{name}:", 1)
            text = "\n".join(lines)
        self._load(text)
        self.tally.accepted += 1
        self.tally.edited += bool(changes)
        self.tally.left -= 1
        return None

    def skip(self, fact: Pending) -> None:
        """Take a fact out of the draft and note its phrase."""
        self._keep(fact)
        source = fact.fields.get("source") or {"at": "lead 1", "phrase": fact.id}
        item = {"at": source["at"], "phrase": source["phrase"], "why": "skipped in the review"}
        sentence = fact.fields["review"].get("sentence")
        if sentence:
            item["sentence"] = sentence
        group = self.content.groups[fact.group]
        if len(group.facts) == 1:
            path = (self._root, fact.group) if len(self.content.groups) > 1 else (self._root,)
            self.text.remove(*path)
            if path == ("groups",):
                self.text.put(("groups",), {}, after="source")
        else:
            self.text.remove(self._root, fact.group, "facts", fact.name)
        for other in self.pending_and_kept():
            if other[2].get("part_of") == fact.id:
                self.text.remove(self._root, other[0], "facts", other[1], "part_of")
        if self._root == "groups":
            self.text.add_items("unread", [item])
        self._load(self.text.text)
        self.tally.skipped += 1
        self.tally.left -= 1

    def pending_and_kept(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Return group, name and fields of all facts that the text still holds."""
        return [
            (group, name, fields)
            for group, entries in self.document.value[self._root].items()
            for name, fields in entries["facts"].items()
            if self.text.has("groups", group, "facts", name)
        ]

    def _keep(self, fact: Pending) -> None:
        self._before.append((self.text.text, fact.id))

    def back(self) -> bool:
        """Undo the last answer; return whether there was one."""
        if not self._before:
            return False
        text, _ = self._before.pop()
        before = len(self.pending)
        was_skipped = len(self.content.unread)
        self._load(text)
        self.tally.left += len(self.pending) - before
        if len(self.content.unread) < was_skipped:
            self.tally.skipped -= 1
        else:
            self.tally.accepted -= 1
        return True

    def changed(self, fact: Pending, changes: dict[str, str]) -> tuple[dict[str, Any], str | None]:
        """Return the fields of a fact with changes, and what is wrong with them, or None."""
        fields = {**fact.fields}
        for key, value in changes.items():
            if key in ("zh", "en"):
                fields["name"] = {**fields["name"], key: value}
            elif key in ("phrase", "at"):
                fields["source"] = {**fields.get("source", {}), key: value}
            elif key == "number":
                try:
                    fields["number"] = Decimal(value.replace(",", ""))
                except InvalidOperation:
                    return fields, f'"{value}" is not a number'
                if not fields["number"].is_finite():
                    return fields, f'"{value}" is not a number'
            elif key == "id":
                continue
            elif (
                value in ("", "none")
                or (key == "bound" and value == "exact")
                or (key == "kind" and value == "figure")
            ):
                fields.pop(key, None)
            else:
                fields[key] = value
        checked = {key: value for key, value in fields.items() if key != "review"}
        try:
            entry = FactEntry.model_validate(checked)
        except ValidationError as error:
            return fields, str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        found = list(check_entry(self.content, entry, YamlDocument(None, "", {}), ()))
        return fields, f"{found[0].message}; {found[0].hint}" if found else None


def facts_part(document: YamlDocument) -> tuple[str, YamlDocument]:
    """Return the key under which a file has its groups of facts, and the file as a data file.

    A definition of a report has them under ``facts``, without a source of its own.
    """
    value = document.value
    if not isinstance(value, dict) or "groups" in value or "facts" not in value:
        return "groups", document
    nobody = {"zh": "-", "en": "-"}
    source = {"title": nobody, "label": nobody, "published": None}
    lines = {
        ("groups", *path[1:]): line for path, line in document.lines.items() if path[:1] == ("facts",)
    }  # fmt: skip
    return "facts", YamlDocument({"source": source, "groups": value["facts"]}, document.file, lines)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def told(
    fact: Pending, changes: dict[str, str], fields: dict[str, Any], number: int, total: int,
    mark: Callable[[str], str],
) -> list[str]:  # fmt: skip
    """Return the lines that show a fact; ``mark`` makes the figure in its sentence stand out."""
    review = fact.fields["review"]
    source = fields.get("source") or {"at": "", "phrase": ""}
    sure = review.get("confidence")
    head = f"{number} of {total}  {fact.group}.{changes.get('id', fact.name)}"
    lines = [f"{head}  (confidence {Decimal(sure) * 100:.0f} %)" if sure is not None else head]
    sentence = review.get("sentence") or source["phrase"]
    cell = fields.get("cell")
    if cell is None:
        lines.append(f"  {_marked(sentence, fact.fields, mark)}")
        lines.append(f"  at          {source['at']}: {source['phrase']}")
    else:
        keys = ", ".join(f"{key} = {value}" for key, value in (cell.get("where") or {}).items())
        lines.append(f"  {sentence}" if sentence else "  no cell of the new table")
        lines.append(
            f"  cell        {cell['dataset']}, {cell['column']}{': ' if keys else ''}{keys}"
        )
    was = review.get("was")
    if was:
        lines.append(f"  before      {was}")
    lines.append(f"  name        {fields['name']['zh']} | {fields['name']['en']}")
    if cell is None:
        lines.append(
            f"  value       {fields.get('written', '')} = {_plain(fields.get('number'))} {fields.get('unit', '')} ({fields.get('bound', 'exact')})"
        )
    told_period = fields.get("period", "as_of_publication")
    inferred = fields.get("inferred")
    lines.append(
        f"  period      {told_period}"
        + (
            f" (inferred: {inferred if isinstance(inferred, str) else inferred['en']})"
            if inferred
            else ""
        )
    )
    for key in ("kind", "comparison", "part_of"):
        if fields.get(key):
            value = fields[key]
            lines.append(
                f"  {key:11} "
                + (value if isinstance(value, str) else f"{value['kind']} of {value['of']['zh']}")
            )
    lines += [f"  check       {item}" for item in review.get("check", [])]
    return lines


def _plain(number: object) -> str:
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


def _marked(sentence: str, fields: dict[str, Any], mark: Callable[[str], str]) -> str:
    phrase = (fields.get("source") or {"phrase": ""})["phrase"]
    written = fields.get("written") or ""
    at = sentence.find(phrase)
    if at < 0:
        at, phrase = sentence.find(written), written
    if at < 0 or not phrase:
        return sentence
    inside = phrase.rfind(written) if written else -1
    start = at + max(inside, 0)
    end = start + len(written) if inside >= 0 else at + len(phrase)
    return f"{sentence[:start]}{mark(sentence[start:end])}{sentence[end:]}"
