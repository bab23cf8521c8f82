"""The headless engine: `python -m scoring COMMAND`. JSON on standard output, problems one a line on standard error.

Exit status: 0 done, 2 bad input (nothing written), 1 a failure of its own.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NoReturn

from scoring.answers import load_json, read, sector_of
from scoring.content.catalogue import Catalogue
from scoring.content.loader import ROOT, list_sectors, load_catalogue, outline
from scoring.content.model import Question, Text
from scoring.errors import AnswerError, CannotStart, ContentError, Problem
from scoring.result import score

MAX_LINE = 600


class BadInput(Exception):
    """What the caller must mend; each line goes to standard error."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {_line(message)}; see {self.prog} --help\n")


def main(arguments: list[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):  # a lone surrogate in an id is written as its escape, in any locale
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    options = _parser().parse_args(arguments)
    try:
        if not ROOT.is_dir():
            raise BadInput(f"{ROOT}: no such folder; set CONTENT_ROOT to the folder with the content, or unset it")
        status = options.run(options)
        sys.stdout.flush()
        return int(status or 0)
    except BadInput as bad:
        return _refuse(bad.lines)
    except ContentError as error:
        return _refuse(map(str, error.faults))
    except BrokenPipeError:  # the reader went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        print(_line(f"{options.command}: failed, which is a fault of the program: {error!r}"), file=sys.stderr)
        return 1


def _refuse(lines: Iterable[str]) -> int:
    for line in lines:
        print(_line(line), file=sys.stderr)
    return 2


def _line(text: str) -> str:
    """One line that can be shown on any terminal: what cannot be printed appears as its escape."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= MAX_LINE else shown[:MAX_LINE] + "…"


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m scoring", description="Scores answers files without a server.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int | None], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    check = add("check", _check, "validate all content and print what it holds")
    check.add_argument("path", nargs="?", help="content folder (default: the one that comes with the program)")
    check.add_argument(
        "--quality", action="store_true", help="print lengths, weights, and what made-up firms show, instead"
    )
    add("list", _list, "print the trades with their versions, pains and profile facts")
    questions = add("questions", _questions, "print the questions of a trade in the order asked")
    questions.add_argument("sector")
    run = add("score", _score, "score one answers file, or a file of one answers object a line")
    run.add_argument("file", help="answers file, - for standard input")
    run.add_argument("--batch", action="store_true", help="one JSON object a line in, one result a line out")
    simulation = add("simulate", _simulate, "print the result after solutions take effect in this order")
    simulation.add_argument("file")
    simulation.add_argument("--solutions", required=True, help="ids, comma-separated, in the order started")
    way = add("route", _route, "print the cheapest route to a level, or why there is none")
    way.add_argument("file")
    aim = way.add_mutually_exclusive_group()
    aim.add_argument("--target", type=int, metavar="N", help="official level to reach (default: the next one)")
    aim.add_argument(
        "--goal",
        metavar="GOAL",
        help="another goal: chain (all that a chain leader asks), dimension:ID+POINTS, or scenes:FIELD=LEVEL",
    )
    way.add_argument("--budget", type=int, metavar="YUAN", help="most that the first year may cost, at upper ends")
    way.add_argument("--max-solutions", type=int, metavar="K", help="most solutions")
    way.add_argument("--parallel", type=int, default=2, metavar="P", help="projects at a time (default: 2)")
    way.add_argument("--without", default="", metavar="A,B", help="solutions that are ruled out")
    way.add_argument("--with", default="", dest="fixed", metavar="C", help="solutions that are settled already")
    way.add_argument(
        "--by",
        choices=("cost", "days", "number"),
        default="cost",
        help="what is least (default: cost); days: of work in sum, not in the calendar",
    )
    way.add_argument("--more", action="store_true", help="add alternatives and sensitivity")
    selfcheck = add("selfcheck", _selfcheck, "score the answers of a self-check")
    selfcheck.add_argument("id", help="id of the self-check, as `check` prints them")
    selfcheck.add_argument("file", help="answers file, - for standard input")
    trace = add("explain", _explain, "print how the result comes about")
    trace.add_argument("file")
    trace.add_argument("item", nargs="?", help="a question, topic, section, group or gate:N; dimension:ID")
    return parser


def _out(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value))


def _read_text(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise BadInput(f"{name}: cannot be read: {error.strerror}") from error


def _catalogue(sector: str) -> Catalogue:
    try:
        return load_catalogue(sector)
    except KeyError:
        problem = Problem(
            "unknown_sector", "firm.sector", f"no content for {sector[:40]!r}; known: {', '.join(list_sectors())}"
        )
        raise AnswerError([problem]) from None


def _document(name: str) -> tuple[Any, Catalogue]:
    try:
        raw = load_json(_read_text(name))
        catalogue = _catalogue(sector_of(raw))
        return read(raw, catalogue), catalogue
    except AnswerError as error:
        shown = "standard input" if name == "-" else name
        raise BadInput(*(f"{shown}: {p} [{p.code}]" for p in error.problems)) from error


def _score(options: argparse.Namespace) -> int | None:
    if options.batch:
        if options.file == "-":
            return _batch(sys.stdin.buffer)
        try:
            lines = open(options.file, "rb")  # noqa: SIM115 - closed below; only opening it is the caller's fault
        except OSError as error:
            raise BadInput(f"{options.file}: cannot be read: {error.strerror}") from error
        with lines:
            return _batch(lines)
    document, catalogue = _document(options.file)
    _out(score(document, catalogue))
    return 0


def _batch(lines: IO[bytes]) -> int:
    """One result a line, written as soon as it is known; a bad line gives its error in its place.

    A blank line is passed over, but counts in the line numbers.
    """
    status = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            raw = load_json(line)
            catalogue = _catalogue(sector_of(raw))
            _out(score(read(raw, catalogue), catalogue))
        except AnswerError as error:
            status = 2
            first = error.problems[0]
            _out({"line": number, "error": "; ".join(map(str, error.problems)), "item": first.item, "code": first.code})
        sys.stdout.flush()
    return status


def _simulate(options: argparse.Namespace) -> None:
    from scoring.effects import simulate

    document, catalogue = _document(options.file)
    names = [s.strip() for s in options.solutions.split(",") if s.strip()]
    unknown = [s for s in names if s not in catalogue.plans]
    if unknown:
        raise BadInput(
            *(
                f"--solutions: no solution {s!r} for {catalogue.sector.id}; known: {', '.join(catalogue.plans)}"
                for s in unknown
            )
        )
    if len(set(names)) != len(names):
        raise BadInput("--solutions: a solution stands twice; name each once")
    try:
        _out(score(simulate(document, catalogue, names), catalogue))
    except CannotStart as error:
        raise BadInput(f"--solutions: {error}") from error


_GOAL = re.compile(
    r"(?P<chain>chain)|dimension:(?P<dimension>\w+)\+(?P<points>\d{1,4})|scenes:(?P<field>\w+)=(?P<level>\d{1,4})"
)
_FLAGS = {"goal": "--goal", "target": "--target", "budget": "--budget", "most": "--max-solutions",
          "parallel": "--parallel", "without": "--without", "with": "--with"}  # fmt: skip


def _route(options: argparse.Namespace) -> None:
    from scoring import route as routes  # brings the solver along, which no other command needs

    document, catalogue = _document(options.file)
    goal = routes.next_level(document, catalogue)
    if options.target is not None:
        goal = routes.Goal("level", options.target)
    elif options.goal is not None:
        match = _GOAL.fullmatch(options.goal)
        if match is None:
            raise BadInput(f"--goal: {options.goal[:40]!r} is not chain, dimension:ID+POINTS or scenes:FIELD=LEVEL")
        if match["chain"]:
            goal = routes.Goal("chain")
        elif match["dimension"]:
            goal = routes.Goal("dimension", name=match["dimension"], points=int(match["points"]))
        else:
            goal = routes.Goal("scenes", int(match["level"]), match["field"])
    wish = routes.Wish(
        goal, options.budget, options.max_solutions, options.parallel, _ids(options.without), _ids(options.fixed),
        options.by,
    )  # fmt: skip
    try:
        with _only_ours():
            found = routes.route(document, catalogue, wish)
            if options.more:
                found["alternatives"] = routes.alternatives(document, catalogue, wish)
                found["sensitivity"] = routes.sensitivity(document, catalogue, wish)
    except routes.WishError as error:
        flags = _FLAGS if options.goal is None else _FLAGS | {"target": "--goal"}
        raise BadInput(*(f"{flags[p.item]}: {p.message}" for p in error.problems)) from error
    _out(found)


@contextmanager
def _only_ours() -> Iterator[None]:
    """Nothing but our JSON on standard output: the solver now and then writes a line of its own to its descriptor."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # closed by the caller
        yield
        return
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _ids(listed: str) -> frozenset[str]:
    return frozenset(s.strip() for s in listed.split(",") if s.strip())


def _explain(options: argparse.Namespace) -> None:
    from scoring.trace import UnknownNode, explain

    document, catalogue = _document(options.file)
    try:
        node = explain(document, catalogue, options.item)
    except UnknownNode as error:
        raise BadInput(f"{options.item}: nothing in the result has this id; known: {error}") from None
    _out(node)


def _selfcheck(options: argparse.Namespace) -> None:
    from scoring import selfchecks
    from scoring.content.selfchecks import list_checks, load_check

    try:
        check = load_check(options.id)
    except KeyError:
        raise BadInput(f"{options.id[:40]}: no such self-check; known: {', '.join(list_checks())}") from None
    try:
        filled = selfchecks.read(load_json(_read_text(options.file)), check)
    except AnswerError as error:
        shown = "standard input" if options.file == "-" else options.file
        raise BadInput(*(f"{shown}: {p} [{p.code}]" for p in error.problems)) from error
    _out(selfchecks.score(filled, check, load_catalogue("general")))


def _list(options: argparse.Namespace) -> None:
    sectors = []
    for name in list_sectors():
        s, version, known = outline(name)
        facts = [
            {"id": f.id, "kind": f.kind, "text": f.text, "options": [{"id": o.id, "text": o.text} for o in f.options]}
            for f in known
        ]
        pains = [{"number": p.number, "text": p.text} for p in s.pains]
        sectors.append(
            {
                "id": s.id,
                "kind": s.kind,
                "version": version,
                "title": s.title,
                "pains": pains,
                "profile": facts,
            }
        )
    _out({"sectors": sectors})


def _questions(options: argparse.Namespace) -> None:
    try:
        catalogue = load_catalogue(options.sector)
    except KeyError:
        raise BadInput(f"{options.sector[:40]}: no such sector; known: {', '.join(list_sectors())}") from None
    section = {i: s.id for s in catalogue.sector.sections for i in s.questions}
    _out({"questions": [_question(q, section[q.id], catalogue) for q in catalogue.questions.values()]})


def _question(q: Question, section: str, catalogue: Catalogue) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": q.id, "topic": q.topic, "section": section, "kind": q.kind, "dimension": q.dimension,
        "title": q.title, "text": q.text, "hint": q.hint, "why": q.why,
    }  # fmt: skip
    if q.kind == "level":
        entry["anchors"] = [{"zh": a.text.zh, "en": a.text.en, "label": a.label} for a in q.anchors]
        entry["evidence"] = [a.evidence for a in q.anchors]
    else:
        if q.kind != "rate":
            entry["options"] = [{"id": o.id, "text": o.text, "detail": o.detail} for o in q.options]
        entry["evidence"] = [e for e in (q.evidence, *(o.evidence for o in q.options)) if e]
    entry |= {
        "na": q.na is not None, "na_when": q.na, "needs": list(q.needs), "needs3": list(q.needs3),
        "asked_if": list(q.asked_if), "example": catalogue.sector.examples.get(q.id), "plan_tasks": list(q.plan_tasks),
    }  # fmt: skip
    return entry


def _check(options: argparse.Namespace) -> None:
    root = Path(options.path) if options.path else ROOT
    if not root.is_dir():
        raise BadInput(f"{root}: no such folder")
    if options.quality:
        from scoring.content_report import content_report

        report = content_report(root)
        _out(report)
        for finding in report["findings"]:
            print(_line(finding), file=sys.stderr)
    else:
        from scoring.review import review

        _out(review(root))


if __name__ == "__main__":
    sys.exit(main())
