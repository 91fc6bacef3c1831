"""No test file is lost by a setting: what lies in the folder is what pytest finds."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_every_test_file_is_collected(request: pytest.FixtureRequest) -> None:
    config = request.config
    if config.option.keyword or config.option.markexpr or any("::" in arg for arg in config.args):
        return  # somebody chose tests by hand
    begins = [Path(config.rootpath, arg).resolve() for arg in config.args]
    found = {item.path for item in request.session.items}
    lost = [
        path
        for path in (config.rootpath / "tests").rglob("test_*.py")
        if path not in found and any(path.is_relative_to(begin) for begin in begins)
    ]
    assert not lost
