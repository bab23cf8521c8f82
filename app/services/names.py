"""Names of firms: when two spellings are the same firm, and when they are so near that a person should look. And the
names of files that are made from them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence


def name_key(name: str) -> str:
    """A name by which two spellings of one firm are the same: without spaces, marks, width and case."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in plain if unicodedata.category(char)[0] in "LN")[:200]


def masked_name(name: str) -> str:
    """A name as strangers see it, enough to compare with one that they hold: its first and last two characters, of a
    short name the first and the last, of a very short one the first. What is hidden is at most six marks long."""
    name = name.strip()
    ends = 2 if len(name) >= 6 else 1 if len(name) >= 4 else 0
    head, tail = name[: ends or 1], name[-ends:] if ends else ""
    hidden = min(6, max(1, len(name) - len(head) - len(tail)))
    return head + ("*" if name.isascii() else "＊") * hidden + tail


_PLACES = re.compile(
    r"^(广东省?|粤)?(东莞|佛山|中山|广州|深圳|珠海|江门|惠州|肇庆|汕头|揭阳|潮州|清远|韶关|阳江|湛江|茂名|云浮|梅州|河源|汕尾)?市?"
)
_AREA = re.compile(r"^[\u4e00-\u9fff]{2,3}?[镇区县]")
_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|公司|集团|厂|经营部|加工部|门市部|(co|company|ltd|limited|inc|factory)+)+$"
)


def core_name(name: str) -> str:
    """What makes a name its own: without place in front and legal form behind."""
    key = name_key(name)
    core = _FORMS.sub("", _AREA.sub("", _PLACES.sub("", key)))
    return core if len(core) >= 2 else key


def pairs(text: str) -> frozenset[str]:
    """Its pairs of neighbouring characters, by which names are compared."""
    return frozenset(text[n : n + 2] for n in range(len(text) - 1)) or frozenset({text})


class Similar:
    """Finds the name that is nearly the same, among many, without comparing with each."""

    NEAR = 0.75

    def __init__(self, names: Sequence[str]) -> None:
        self._cores = [core_name(name) for name in names]
        self._pairs = [pairs(core) for core in self._cores]
        self._holders: dict[str, list[int]] = {}
        for at, found in enumerate(self._pairs):
            for pair in found:
                self._holders.setdefault(pair, []).append(at)
        self._common = max(50, len(names) // 20)

    def find(self, name: str) -> int | None:
        """The place of the nearest name, or None where none is near."""
        core = core_name(name)
        own = pairs(core)
        rare = sorted(own, key=lambda pair: len(self._holders.get(pair, ())))[: len(own) // 2 + 1]
        near: dict[int, float] = {}
        for pair in rare:  # who is near shares one of the rarer half of the pairs
            for at in self._holders.get(pair, ())[: self._common * 4]:
                if at not in near:
                    near[at] = 2 * len(own & self._pairs[at]) / (len(own) + len(self._pairs[at]))
        best = max(near, key=lambda at: (near[at], -at), default=None)
        return best if best is not None and near[best] >= self.NEAR else None


_DIRECTION = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}
_REPLACED = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))


def clean_name(name: str, most: int = 120) -> str:
    """A file name without path, control or direction characters; long names keep their ending."""
    kept = "".join(c for c in name.translate(_REPLACED) if unicodedata.category(c) != "Cc" and c not in _DIRECTION)
    kept = kept.strip(" .") or "file"
    stem, dot, ending = kept.rpartition(".")
    return kept if len(kept) <= most or not dot else stem[: most - len(ending) - 1] + dot + ending
