"""What the loader accepts as YAML at all: traps of YAML 1.1 are named, bombs do no harm."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from scoring.content.loader import MAX_BYTES, read_yaml


def loaded(tmp_path: Path, data: str | bytes) -> tuple[object, list[str]]:
    path = tmp_path / "a.yaml"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    faults = []
    return read_yaml(path, tmp_path, faults), [str(f) for f in faults]


def fault(tmp_path: Path, data: str | bytes) -> str:
    value, faults = loaded(tmp_path, data)
    assert value is None
    (one,) = faults
    assert one.startswith("a.yaml: ")
    return one


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("a: 1\na: 2\n", "key 'a' stands twice (line 2); remove one"),
        ("x: {a: 1, b: {c: 1, c: 2}}", "key 'c' stands twice"),
        ("on: 1\n", "reads the key on as true or false"),
        ("x: {no: 1}\n", "reads the key no as true or false"),
        ("? [a, b]\n: 1\n", "a key is a word"),
        ("a: &x [1]\nb: *x\n", "anchors and aliases"),
        ("a: &x [*x]\n", "anchors and aliases"),
        ("a: {<<: {b: 1}, b: 2}\n", "the key << is not used"),
        ("a: 010\n", "YAML 1.1 reads 010 as another number"),
        ("a: 1:30\n", "YAML 1.1 reads 1:30 as another number"),
        ("a: 1_000\n", "YAML 1.1 reads 1_000 as another number"),
        ("a: 0x10\n", "YAML 1.1 reads 0x10 as another number"),
        ("a: [1, 2\n", "line 2"),
        ("\ta: 1\n", "line 1"),
        ("a: 1\n---\nb: 1\n", "another document"),
        ("a: !!python/object/apply:os.system [ls]\n", "is not used here; write the value plainly"),
        ("a: !!timestamp x\n", "the tag tag:yaml.org,2002:timestamp is not used here"),
        ("a: !something b\n", "the tag !something is not used here"),
        ("a: !!binary [x]\n", "the tag tag:yaml.org,2002:binary"),
        ("a: \0\n", "control characters"),
        (b"a: \xff\n", "is not UTF-8"),
        ("a: 模具\n".encode("gb18030"), "is not UTF-8"),
        ("a: 模具\n".encode("utf-16"), "is not UTF-8"),
        ("a: " + "9" * 5000 + "\n", "4300 digits"),
        ("a: " + "x" * MAX_BYTES, "larger than 1,000,000 bytes"),
    ],
    ids=lambda x: repr(x[:24]),
)
def test_what_cannot_be_used_is_named_with_its_place(tmp_path, data, says):
    assert says in fault(tmp_path, data)


@pytest.mark.parametrize(
    "bomb",
    [
        b"[" * 900_000,
        b"{a: " * 200_000,
        b"- " * 400_000,
        b"? " * 400_000,
        b"a: [" + b"1," * 300_000 + b"1]",
        b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n",
        b"\n".join(b" " * n + b"a:" for n in range(1000)),
    ],
    ids=lambda b: repr(b[:12]),
)
def test_bombs_of_depth_size_and_aliases_are_refused_in_no_time(tmp_path, bomb):
    start = time.process_time()
    fault(tmp_path, bomb)
    assert time.process_time() - start < 5


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path):
    assert loaded(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: \xe6\xa8\xa1\r\n") == ({"a": 1, "b": "模"}, [])


def test_quoted_numbers_and_words_stay_texts(tmp_path):
    value, faults = loaded(tmp_path, 'a: "010"\nb: "no"\nc: "2026-11"\nd: \'1:30\'\n')
    assert (value, faults) == ({"a": "010", "b": "no", "c": "2026-11", "d": "1:30"}, [])


def test_a_file_that_is_missing_is_a_fault(tmp_path):
    faults = []
    assert read_yaml(tmp_path / "none.yaml", tmp_path, faults) is None
    (fault,) = map(str, faults)
    assert fault.startswith("none.yaml: cannot be read: ") and "put it back" in fault
