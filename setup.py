"""Put the shipped report into the wheel, so that ``make-report new`` works after installing.

Everything else is declared in pyproject.toml. The files stay where they are; this copies them
to ``generator/starter`` inside the build only.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
STARTER = ("report.yaml", "data/**/*", "templates/*/*.docx", "templates/*/*.pptx")


class BuildWithStarter(build_py):
    """Build the package, then copy the shipped report into it."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:  # a checkout finds these files at its root
            return
        for source, target in self._starter():
            self.mkpath(str(target.parent))
            self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        starter = [] if self.editable_mode else [str(target) for _, target in self._starter()]
        return [*super().get_outputs(include_bytecode), *starter]

    def _starter(self) -> list[tuple[Path, Path]]:
        folder = Path(self.build_lib) / "generator" / "starter"
        return [
            (path, folder / path.relative_to(ROOT))
            for pattern in STARTER
            for path in sorted(ROOT.glob(pattern))
            if path.is_file() and not path.name.startswith((".", "~$"))
        ]


setup(cmdclass={"build_py": BuildWithStarter})
