"""`flask --app wsgi report`: a PDF from an answers file, or a clear line and nothing written."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from flask import Flask

from app.config import ROOT
from tests.app.reports import samples


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(samples.answers("molds"), ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def shared_fonts(app: Flask) -> None:
    """The fonts prepared for all tests, in the instance folder of this one."""
    folder = app.extensions["config"].fonts
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(ROOT / "instance" / "fonts")


def run(app: Flask, *args: str, text: str | None = None):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(args=["report", *args], input=text)


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_writes_the_report(app: Flask, answers: Path, tmp_path: Path, language: str) -> None:
    out = tmp_path / "report.pdf"
    done = run(app, str(answers), str(out), "--lang", language, "--date", "2026-03-18")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["bytes"] == out.stat().st_size
    assert told["level"] == 2
    first = out.read_bytes()
    assert first.startswith(b"%PDF")
    run(app, str(answers), str(out), "--lang", language, "--date", "2026-03-18")
    assert out.read_bytes() == first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["answers.json", "report.pdf"]
    assert stat.S_IMODE(out.stat().st_mode) & 0o400


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not JSON"),
        ('{"firm": {"sector": "moulds"}}', "[unknown_sector]"),
        ('{"firm": {"sector": "molds"}, "answers": {"MOL-01": 9, "X": 1}}', "MOL-01: level 9 does not exist"),
        ('{"firm": {"sector": "molds"}, "answers": {"funding_rate": {"rate": NaN}}}', "NaN"),
        ('{"firm": {}}', "firm.sector"),
    ],
)
def test_bad_input_writes_nothing(app: Flask, tmp_path: Path, text: str, told: str) -> None:
    out = tmp_path / "report.pdf"
    done = run(app, "-", str(out), text=text)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""
    assert not out.exists()


def test_bad_places_are_named(app: Flask, answers: Path, tmp_path: Path) -> None:
    assert "is no place for a file" in run(app, str(answers), str(tmp_path)).stderr
    assert "is no place for a file" in run(app, str(answers), str(tmp_path / "none" / "x.pdf")).stderr
    missing = run(app, str(tmp_path / "none.json"), str(tmp_path / "x.pdf"))
    assert missing.exit_code == 2 and "cannot be read" in missing.stderr
    assert run(app, str(answers), str(tmp_path / "x.pdf"), "--date", "18.3.").exit_code == 2
    assert run(app, str(answers), str(tmp_path / "x.pdf"), "--lang", "fr").exit_code == 2
