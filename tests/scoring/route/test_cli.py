"""`python -m scoring route` as scripts call it (contract, part 2)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scoring import load_catalogue
from scoring.__main__ import main
from scoring.answers import read
from scoring.route import Wish, next_level, route
from tests.scoring.test_cli import DOCUMENT, PROJECT


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """(exit status, standard output, standard error) of a command on the firm of the contract."""
    file = tmp_path / "firm.json"
    file.write_text(json.dumps(DOCUMENT, ensure_ascii=False), encoding="utf-8")

    def asked(*flags: str, command: str = "route") -> tuple[int, str, str]:
        try:
            status = main([command, str(file), *flags])
        except SystemExit as ended:
            status = int(ended.code or 0)
        return status, *capsys.readouterr()

    return asked


def printed(asked: tuple[int, str, str]) -> Any:
    status, out, err = asked
    assert (status, err) == (0, "")
    return json.loads(out)


def test_the_default_is_the_next_level_and_what_the_engine_says(ask):
    catalogue = load_catalogue("molds")
    document = read(DOCUMENT, catalogue)
    found = printed(ask())
    assert found == json.loads(json.dumps(route(document, catalogue, Wish(next_level(document, catalogue)))))
    assert (found["from"], found["target"], found["status"]) == (0, 1, "optimal")
    names = ",".join(s["solution"] for s in found["steps"])
    simulated = printed(ask("--solutions", names, command="simulate"))
    assert simulated["official"]["level"] == found["after"]["level"]
    assert simulated["official"]["score"] == found["after"]["score"]


def test_limits_and_choices_are_kept(ask):
    plain = printed(ask())
    first = plain["steps"][-1]["solution"]
    flags = ("--target", "1", "--without", first, "--with", "COM-S4", "--parallel", "1", "--budget", "500000")
    found = printed(ask(*flags, "--max-solutions", "9"))
    names = [s["solution"] for s in found["steps"]]
    assert first not in names and "COM-S4" in names and len(names) <= 9
    ends = [s["end_day"] for s in found["steps"]]
    assert all(s["start_day"] >= end for s, end in zip(found["steps"][1:], ends, strict=False))
    poor = printed(ask("--budget", "1", "--more"))
    assert (poor["status"], poor["steps"]) == ("unreachable", [])
    assert {m["because"] for m in poor["missing"]} == {"budget"}
    assert set(poor["alternatives"].values()) == {None}


def test_other_goals_have_their_own_words(ask):
    lifted = printed(ask("--goal", "dimension:production+10"))
    assert lifted["goal"] == {"kind": "dimension", "level": 0, "name": "production", "points": 10}
    scenes = printed(ask("--goal", "scenes:supply=1"))
    assert scenes["status"] == "optimal" and scenes["target"] is None


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--budget", "-1"], "--budget: the budget is below 0"),
        (["--target", "5"], "--target: there is no level 5; levels go from 1 to 4"),
        (["--target", "0"], "--target: there is no level 0"),
        (["--without", "NO-1"], "--without: no solution 'NO-1' for molds; known: COM-S1"),
        (["--with", "COM-S6", "--without", "COM-S6"], "--with: COM-S6 is both fixed and ruled out"),
        (["--goal", "chain"], "--goal: molds has no chain leader's requirements"),
        (["--goal", "moon"], "--goal: 'moon' is not chain, dimension:ID+POINTS or scenes:FIELD=LEVEL"),
        (["--target", "two"], "argument --target: invalid int value: 'two'"),
        (["--target", "2", "--goal", "chain"], "not allowed with argument --target"),
    ],
)
def test_bad_input_is_one_clear_line(flags, said, ask):
    status, out, err = ask(*flags)
    assert (status, out) == (2, "")
    (line,) = err.splitlines()
    assert said in line


def test_the_solver_is_loaded_by_route_alone():
    code = "import sys, scoring.__main__, scoring.result, scoring.effects; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT).returncode == 0
