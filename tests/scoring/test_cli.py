"""The headless engine as scripts call it: `python -m scoring …` (contract, part 2)."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scoring import list_sectors, load_catalogue
from scoring.__main__ import main
from scoring.content.loader import ROOT

PROJECT = Path(__file__).resolve().parents[2]
FIRM = {"name": "示例模具厂", "sector": "molds", "employees": 60, "revenue_wan": 2800, "machines": 18,
        "profile": {"own_design": True, "machines_run_shifts": 2}}  # fmt: skip
DOCUMENT = {
    "firm": FIRM,
    "pains": [2, 3, 5],
    "answers": {
        "network_build": ["application_network"], "equipment_digital_rate": {"part": 7, "whole": 12},
        "data_collection": ["finance", "purchasing"], "information_systems": "one_link",
        "energy_per_revenue": "unchanged", "scene_quality": 2, "C10": {"value": 1, "evidence": "物料编码表"},
        "MOL-05": 0, "MOL-04": "na", "scene_energy": "unknown",
    },
}  # fmt: skip
COMMANDS = ("check", "list", "questions", "score", "simulate", "route", "explain")


def run(*arguments: str, stdin: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    data = stdin.encode("utf-8", "surrogatepass") if isinstance(stdin, str) else stdin
    return subprocess.run(
        [sys.executable, "-m", "scoring", *arguments], input=data, capture_output=True, timeout=60, cwd=PROJECT,
        env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A command in this process, for what does not depend on being one of its own."""

    def called(*arguments: str, stdin: str | bytes = "") -> subprocess.CompletedProcess[bytes]:
        data = stdin.encode("utf-8", "surrogatepass") if isinstance(stdin, str) else stdin
        streams = io.TextIOWrapper(io.BytesIO(data)), io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
        for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
            monkeypatch.setattr(sys, name, stream)
        try:
            status = main(list(arguments))
        except SystemExit as ended:
            status = int(ended.code or 0)
        for stream in streams[1:]:
            stream.flush()
        return subprocess.CompletedProcess(arguments, status, *(s.buffer.getvalue() for s in streams[1:]))

    return called


def printed(done: subprocess.CompletedProcess[bytes], status: int = 0) -> Any:
    """The one JSON value on standard output, with nothing beside it."""
    assert (done.returncode, done.stderr) == (status, b"")
    return json.loads(done.stdout)


def refused(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """The lines on standard error of a command that was given bad input: nothing else is written."""
    text = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b""), text
    assert "Traceback" not in text
    lines = text.splitlines()
    assert lines and all(lines)
    return lines


@cache
def scored() -> dict[str, Any]:
    return printed(run("score", "-", stdin=json.dumps(DOCUMENT)))


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "答卷.json"
    path.write_text(json.dumps(DOCUMENT, ensure_ascii=False), encoding="utf-8")
    return str(path)


# score


def test_score_prints_the_result_of_the_contract(file):
    result = printed(run("score", file))
    assert result == scored()
    assert result["edition"] == "miit-sme-2024" and result["engine"] and result["content"]["molds"]
    official = result["official"]
    assert set(official["sections"]) == {"foundation", "management", "results"}
    exact = [
        official["score"],
        *official["sections"].values(),
        *official["points"].values(),
        *official["range"]["score"],
    ]
    assert [n for n in exact if not re.fullmatch(r"\d+(\.\d+)?", n)] == []
    assert set(official["scenes"]) == {"1", "2", "3", "4"}
    assert all(set(s) == {"count", "starred"} for s in official["scenes"].values())
    gate = official["gates"]["2"]
    assert (
        set(gate) == {"reached", "score_missing", "scenes_missing", "starred_missing"}
        and type(gate["score_missing"]) is str
    )
    assert set(result["index"]) >= {"overall", "spread", "dimensions"}
    assert result["capabilities"].items() >= {"C06": 1, "MOL-05": 0, "MOL-04": None, "C10": 1}.items()
    assert result["states"].items() >= {"MOL-04": "na", "C12": "unanswered", "scene_energy": "unknown"}.items()
    assert set(result["capabilities"]) == set(load_catalogue("molds").topics)


def test_recommendations_are_ranked_and_the_rest_says_why_not():
    result = scored()
    entries = result["recommendations"]
    assert [e["rank"] for e in entries] == list(range(1, len(entries) + 1)) and len(entries) <= 10
    for e in entries:
        assert set(e) >= {"solution", "rank", "cost_per_year", "days", "raises", "because", "form", "pool"}
        assert 0 < e["cost_per_year"][0] <= e["cost_per_year"][1] and 0 < e["days"][0] <= e["days"][1]
        assert e["raises"] and all(low < high for low, high in e["raises"].values())
        assert e["because"] and e["form"] in ("saas", "box", "app", "shared", "service", "training")
    listed = {e["solution"] for e in entries} | {e["solution"] for e in result["excluded"]}
    assert listed == set(load_catalogue("molds").solutions)
    assert all(e["guard"] or e["unmet"] or e.get("reason") for e in result["excluded"])


@pytest.mark.parametrize(
    ("stdin", "start"),
    [
        ("", "standard input: line 1, column 1: is not JSON"),
        ("[]", "standard input: firm: "),
        ("[" * 100_000, "standard input: is nested too deeply"),
        ('{"firm": {"sector": "nope"}}', "standard input: firm.sector: no content for 'nope'; known: "),
        (
            '{"firm": {"sector": "molds"}, "answers": {"a\\nb\\u001b[2J": 1}}',
            "standard input: a\\nb\\x1b[2J: no question",
        ),
        ('{"firm": {"sector": "molds"}, "answers": {"\\ud800": 1}}', "standard input: \\ud800: no question"),
        (b"\xff\xfe", "standard input: is not UTF-8"),
    ],
)
def test_bad_input_is_one_line_on_standard_error_and_nothing_written(stdin, start, call):
    (line,) = refused(call("score", "-", stdin=stdin))
    assert line.startswith(start)


def test_every_problem_has_its_line_with_file_place_and_code(tmp_path, call):
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps({"firm": FIRM, "answers": {"nope": 1, "scene_quality": 5, "network_build": ["x"]}}), "utf-8"
    )
    lines = refused(call("score", str(path)))
    assert [line.split(":")[:2] for line in lines] == [
        [str(path), f" {i}"] for i in ("nope", "scene_quality", "network_build")
    ]
    assert [line.rsplit("[", 1)[1] for line in lines] == ["unknown_item]", "out_of_range]", "unknown_option]"]


def test_files_that_cannot_be_read_are_bad_input(tmp_path, call):
    for name in (str(tmp_path / "none.json"), str(tmp_path)):
        for batch in ([], ["--batch"]):
            (line,) = refused(call("score", *batch, name))
            assert line.startswith(f"{name}: cannot be read")


# batch


def test_a_bad_line_stands_in_its_place_and_the_others_are_scored():
    good = json.dumps(DOCUMENT)
    bad = [
        "{broken", "[]", "7", '"text"', "null", '{"firm": {"sector": "nope"}}',
        '{"firm": {"sector": "molds"}, "answers": {"x": 1}}',
        '{"firm": {"sector": "molds"}, "answers": {"\\ud800": 1}}', "[" * 50_000,
    ]  # fmt: skip
    done = run("score", "--batch", "-", stdin="\ufeff" + "\n".join([good, *bad, "", good, good]))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2 and done.stderr == b""
    assert [x.get("line") for x in lines] == [None, *range(2, 2 + len(bad)), None, None]
    codes = ["malformed"] * 5 + ["unknown_sector", "unknown_item", "unknown_item", "malformed"]
    assert [x["code"] for x in lines[1:-2]] == codes
    assert [x["item"] for x in lines[6:9]] == ["firm.sector", "x", "\ud800"]
    assert all(x["error"] for x in lines[1:-2])
    assert lines[0] == lines[-1] == lines[-2] == scored()


def test_a_batch_of_good_lines_or_of_none_ends_well(tmp_path):
    path = tmp_path / "firms.jsonl"
    path.write_text("\r\n".join([json.dumps(DOCUMENT)] * 2), encoding="utf-8")
    done = run("score", "--batch", str(path))
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2)
    done = run("score", "--batch", "-", stdin="")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_batch_answers_each_line_before_it_reads_the_next():
    line = json.dumps(DOCUMENT).encode() + b"\n"
    command = [sys.executable, "-m", "scoring", "score", "--batch", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT) as process:
        assert process.stdin and process.stdout
        for sent, key in ((b"[]\n", "error"), (line, "official"), (b"[]\n", "error")):
            process.stdin.write(sent)
            process.stdin.flush()
            assert key in json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(timeout=30) == 2


def test_a_reader_that_goes_away_is_no_fault(tmp_path):
    path = tmp_path / "firms.jsonl"
    path.write_text((json.dumps(DOCUMENT) + "\n") * 200, encoding="utf-8")
    command = [sys.executable, "-m", "scoring", "score", "--batch", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PROJECT) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0


# simulate and explain


def test_simulate_prints_the_result_after_the_solutions(file, call):
    first = scored()["recommendations"][0]
    after = printed(call("simulate", file, "--solutions", first["solution"]))
    assert {t: after["capabilities"][t] for t in first["raises"]} == {t: to for t, (_, to) in first["raises"].items()}
    assert set(after) == set(scored())
    assert printed(call("simulate", file, "--solutions", "")) == scored()


def test_simulate_refuses_what_cannot_start_when_its_turn_comes(file, call):
    blocked = next(e for e in scored()["excluded"] if e["unmet"] and e["guard"] not in ("G12", "G16"))
    (line,) = refused(call("simulate", file, "--solutions", blocked["solution"]))
    assert line.startswith(f"--solutions: {blocked['solution']} cannot start") and blocked["unmet"][0] in line


def test_simulate_refuses_unknown_and_repeated_solutions(file, call):
    name = scored()["recommendations"][0]["solution"]
    lines = refused(call("simulate", file, "--solutions", f"NO-1,{name},NO-2"))
    assert [line.split(";")[0] for line in lines] == [f"--solutions: no solution 'NO-{n}' for molds" for n in (1, 2)]
    refused(call("simulate", file, "--solutions", f"{name},{name}"))
    refused(call("simulate", file))


@pytest.mark.parametrize(
    "item", [None, "scene_quality", "C20", "MOL-05", "funding_rate", "C03", "gate:2", "dimension:quality", "management"]
)
def test_explain_prints_a_tree_or_one_node_of_it(file, item, call):
    node = printed(call("explain", file, *([item] if item else [])))
    assert set(node) >= {"id", "label", "value"} and set(node["label"]) == {"zh", "en"}


def test_explain_refuses_what_nothing_in_the_result_is_called(file, call):
    (line,) = refused(call("explain", file, "nope"))
    assert line.startswith("nope: nothing in the result has this id; known: ")


# list and questions


def test_list_names_every_trade_with_its_pains_and_facts(call):
    trades = printed(call("list"))["sectors"]
    assert [t["id"] for t in trades] == list_sectors()
    for trade in trades:
        catalogue = load_catalogue(trade["id"])
        assert trade["kind"] in ("strategic", "traditional", "general")
        assert trade["version"] == catalogue.versions[trade["id"]]
        assert set(trade["title"]) == {"zh", "en"}
        assert [p["number"] for p in trade["pains"]] == list(catalogue.pains)
        assert [f["id"] for f in trade["profile"]] == list(catalogue.facts)


def test_questions_come_in_the_order_asked_with_all_that_is_shown(call):
    entries = printed(call("questions", "molds"))["questions"]
    assert [e["id"] for e in entries] == [i for s in load_catalogue("molds").sector.sections for i in s.questions]
    for e in entries:
        assert set(e) >= {"id", "topic", "section", "kind", "text", "why", "evidence", "na", "needs"}
        assert type(e["na"]) is bool and set(e["text"]) == set(e["why"]) == {"zh", "en"}
        if e["kind"] == "level":
            assert [sorted(set(a) & {"zh", "en"}) for a in e["anchors"]] == [["en", "zh"]] * 5
        elif e["kind"] != "rate":
            assert e["options"] and all({"id", "text"} <= set(o) for o in e["options"])
    (line,) = refused(call("questions", "nope"))
    assert line.startswith("nope: no such sector; known: ")


def test_no_english_text_of_any_command_holds_chinese_outside_parentheses_or_quotes(file, call):
    def english(value: Any) -> list[str]:
        if isinstance(value, dict):
            here = [value["en"]] if isinstance(value.get("en"), str) else []
            return here + [t for v in value.values() for t in english(v)]
        return [t for v in value for t in english(v)] if isinstance(value, list) else []

    aside = re.compile(
        r"\([^()]*\)|（[^（）]*）|\"[^\"]*\"|“[^”]*”|「[^」]*」|《[^》]*》|(?<!\w)'[^']*'(?!\w)|‘[^’]*’(?!\w)"
    )
    for command in (["list"], ["questions", "molds"], ["explain", file]):
        texts = english(printed(call(*command)))
        assert len(texts) > 20
        assert [t for t in texts if re.search(r"[\u3400-\u9fff]", aside.sub("", t))] == []


# the program itself


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help(command, call):
    done = call(*([command] if command else []), "--help")
    assert (done.returncode, done.stderr) == (0, b"") and done.stdout.startswith(b"usage: python -m scoring")


@pytest.mark.parametrize(
    "arguments", [[], ["nope"], ["score"], ["score", "a", "b"], ["list", "--nope"], ["questions"]], ids=str
)
def test_wrong_arguments_are_one_line_with_the_way_to_help(arguments, call):
    (line,) = refused(call(*arguments))
    assert "--help" in line


def test_check_names_a_folder_that_does_not_exist_or_holds_no_content(tmp_path, call):
    (line,) = refused(call("check", str(tmp_path / "none")))
    assert line.endswith("no such folder")
    (line,) = refused(call("check", str(tmp_path)))
    assert line.startswith("sectors: no trade found")


def test_a_content_folder_that_is_missing_is_named(tmp_path):
    (line,) = refused(run("list", CONTENT_ROOT=str(tmp_path / "none")))
    assert "CONTENT_ROOT" in line


def test_a_failure_of_its_own_is_one_line_and_status_one():
    code = "import sys, scoring.__main__ as m; m.list_sectors = lambda: 1 / 0; sys.exit(m.main(['list']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, cwd=PROJECT)
    assert (done.returncode, done.stdout) == (1, b"")
    assert len(done.stderr.splitlines()) == 1 and b"division by zero" in done.stderr


def test_output_is_utf8_in_any_locale():
    document = {"firm": {"sector": "molds"}, "pains": ["倒"]}
    done = run("questions", "molds", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii")
    assert "模具" in json.dumps(printed(done), ensure_ascii=False)
    refused(run("score", "-", stdin=json.dumps(document), PYTHONIOENCODING="ascii"))


def test_a_command_loads_only_the_trade_it_is_asked_for_and_is_ready_at_once(tmp_path):
    script = (
        "import sys, scoring.__main__ as m; m.main(['questions', 'molds']); from scoring.content import loader;"
        "print(loader._cached.cache_info().currsize, 'flask' in sys.modules, 'scipy' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, cwd=PROJECT)
    assert done.stderr.split() == [b"1", b"False", b"False"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run("score", "-", stdin=json.dumps(DOCUMENT))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime) < 1  # busy seconds


def test_check_reads_the_content_that_comes_with_the_program():
    done = run("check", str(ROOT))
    if done.returncode == 0:
        counts = json.loads(done.stdout)
        assert counts["sectors"] == len([s for s in list_sectors() if s != "general"])
        assert counts["questions"]["molds"] == len(load_catalogue("molds").questions)
        assert (
            type(counts["solutions"]) is int
            and counts["languages"] == ["zh", "en"]
            and type(counts["warnings"]) is list
        )
    else:
        assert [line for line in refused(done) if line.count(": ") < 2] == []
