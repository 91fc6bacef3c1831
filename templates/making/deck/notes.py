"""Speaker notes: what to say, and where each figure on the slide comes from."""

from __future__ import annotations

from collections.abc import Sequence

_ORIGIN = {
    "zh-CN": (
        "数字出处：",
        "{{ fact.name }}：{{ fact }}（{{ fact.period }}）。{{ fact.source }}。"
        "{% if fact.inferred %}年份为推断。{% endif %}",
    ),
    "en-GB": (
        "Where the figures come from:",
        "{{ fact.name }}: {{ fact }} ({{ fact.period }}). Source: {{ fact.source }}."
        "{% if fact.inferred %} The year is inferred.{% endif %}",
    ),
}


def speaker_notes(words: str, facts: Sequence[str], language: str) -> list[str]:
    """Return the paragraphs of the notes: ``words``, then a loop that traces ``facts`` (ids)."""
    if not facts:
        return [words]
    heading, line = _ORIGIN[language]
    return [words, heading, f"{{% for fact in [{', '.join(facts)}] %}}", line, "{% endfor %}"]
