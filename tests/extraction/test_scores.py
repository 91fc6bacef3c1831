"""The extraction over the articles of this folder: what the scores must be at least."""

from __future__ import annotations

import pytest

from tests.extraction.scores import golds, score, total


def test_there_are_articles_in_many_styles_and_both_languages():
    articles = golds()

    assert len(articles) >= 30
    assert len({gold.style for gold in articles}) >= 25
    assert sum(gold.held_out for gold in articles) * 3 >= len(articles)


@pytest.mark.parametrize("by", ["period", "bound"])
@pytest.mark.parametrize("language", ["zh", "en", "held out"])
def test_precision_and_recall_are_at_least_nine_tenths(by, language):
    chosen = [
        gold
        for gold in golds()
        if (gold.held_out if language == "held out" else gold.name.startswith(language))
    ]

    result = total(language, [score(gold, by) for gold in chosen])

    assert result.precision >= 0.9
    assert result.recall >= 0.9
