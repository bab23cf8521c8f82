"""What changed between two versions of a trade, in words, and which stored answers stay valid.

An answer is kept where the question has the same id and kind and still offers what was chosen, be it reworded; it is
mapped where the new version says what a question or option was called before (`was`); else it is dropped, and has to
be given anew. Nothing is guessed from wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from scoring.content.catalogue import Catalogue, effects_of
from scoring.content.headings import LANGUAGES, describe, field_words, kind_words
from scoring.content.model import Option, Question, Text

Fate = Literal["keep", "map", "drop", "new"]
STATES = ("na", "unknown")
WORDING = ("title", "text", "hint", "anchors", "options", "none_label", "part_label", "whole_label", "unit", "na")
"""Fields whose wording a respondent chose by."""


class Change(NamedTuple):
    """One change of one entry. `place` names the entry and the field; a text that is new or gone has one side only."""

    kind: str
    place: Text
    before: Text | None
    after: Text | None

    def say(self, language: str) -> str:
        """The change in a line."""
        zh = language != "en"
        before, after = (
            None if side is None else _quoted(side.get(language), zh) for side in (self.before, self.after)
        )
        place = self.place.get(language)
        if before is None and after is None:
            return place
        if before is None:
            return f"{place}：新增 {after}" if zh else f"{place}: added {after}"
        if after is None:
            return f"{place}：去掉 {before}" if zh else f"{place}: removed {before}"
        return f"{place}：{before} 改为 {after}" if zh else f"{place}: {before} becomes {after}"


@dataclass(frozen=True, slots=True)
class QuestionFate:
    """What becomes of the answers to one question. `before` is None for a new one, `after` for one that is gone.

    `gone` are options that can no longer be chosen (answers with one of them are dropped); `na_gone` that "does not
    apply" is no longer an answer; `reworded` that a respondent should look again.
    """

    fate: Fate
    before: Question | None
    after: Question | None
    reworded: bool = False
    added: tuple[Option, ...] = ()
    gone: tuple[Option, ...] = ()
    na_gone: bool = False

    @property
    def question(self) -> Question:
        """The question as it is now, or as it was."""
        question = self.after or self.before
        assert question is not None
        return question

    def reason(self, language: str) -> str:
        """Why, in words; empty where nothing a respondent sees has changed."""
        zh = language != "en"
        parts = []
        if self.fate == "new":
            parts.append("新问题，还没有答案" if zh else "a new question, unanswered")
        elif self.after is None:
            parts.append("问题取消了" if zh else "the question is gone")
        elif self.fate == "drop":
            parts.append("题型变了，要重新回答" if zh else "its kind has changed, to be answered again")
        if self.fate == "map" and self.before:
            parts.append(f"原来是 {self.before.id}" if zh else f"was {self.before.id}")
        if self.reworded:
            parts.append("文字有改动，请再看一眼" if zh else "wording changed, please look again")
        if self.gone:
            names = _list([o.text.get(language) for o in self.gone], zh)
            parts.append(
                f"去掉了选项 {names}，选了它的要重新回答"
                if zh
                else f"option {names} is gone; who chose it answers again"
            )
        if self.na_gone:
            parts.append("不能再答“不适用”" if zh else "“does not apply” is no longer an answer")
        if self.added:
            names = _list([o.text.get(language) for o in self.added], zh)
            parts.append(f"多了选项 {names}" if zh else f"new option {names}")
        return ("；" if zh else "; ").join(parts)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions side by side: the fate of every question's answers, and all that changed, entry by entry."""

    before: Catalogue
    after: Catalogue
    fates: tuple[QuestionFate, ...]
    changes: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        """True when nothing has changed."""
        return not self.changes

    def of(self, fate: Fate) -> list[QuestionFate]:
        """The questions with one fate, in the order asked."""
        return [f for f in self.fates if f.fate == fate]

    def carry(self, item: str, value: Any) -> tuple[str, Any] | None:
        """Where a stored answer value goes and what it becomes there: (id, value), or None where it is dropped."""
        found = next((f for f in self.fates if f.before is not None and f.before.id == item), None)
        if found is None or found.after is None or found.fate == "drop":
            return None
        if value == "unknown":
            return found.after.id, value
        if value == "na":
            return None if found.after.na is None else (found.after.id, value)
        if found.after.kind not in ("single", "multiple", "trend"):
            return found.after.id, value
        names = {o.was or o.id: o.id for o in found.after.options} | {o.id: o.id for o in found.after.options}
        chosen = value if isinstance(value, list) else [value]
        if any(option not in names for option in chosen):
            return None
        carried = [names[option] for option in chosen]
        return found.after.id, carried if isinstance(value, list) else carried[0]


def compare(before: Catalogue, after: Catalogue) -> Difference:
    """The difference between two versions of a trade's content."""
    was = {q.was: q for q in after.questions.values() if q.was and q.was not in after.questions}
    fates = []
    for old in before.questions.values():
        fates.append(_fate(old, after.questions.get(old.id) or was.get(old.id)))
    known = {f.after.id for f in fates if f.after is not None}
    fates += [QuestionFate("new", None, q) for q in after.questions.values() if q.id not in known]
    return Difference(before, after, tuple(fates), tuple(_changes(before, after)))


def _fate(old: Question, new: Question | None) -> QuestionFate:
    if new is None:
        return QuestionFate("drop", old, None)
    if new.kind != old.kind or len(new.anchors) != len(old.anchors):
        return QuestionFate("drop", old, new)
    names = {o.was or o.id for o in new.options} | {o.id for o in new.options}
    ids = {o.id for o in old.options}
    return QuestionFate(
        fate="keep" if new.id == old.id else "map",
        before=old,
        after=new,
        reworded=_wording(old) != _wording(new) or _options(old, ids & names) != _options(new, ids & names),
        added=tuple(o for o in new.options if o.id not in ids and o.was not in ids),
        gone=tuple(o for o in old.options if o.id not in names),
        na_gone=old.na is not None and new.na is None,
    )


def _wording(q: Question) -> list[Any]:
    """What a respondent reads to choose by; evidence is asked for later, and an option that is new is told apart."""
    anchors = [(a.label, a.text) for a in q.anchors]
    return [getattr(q, name) for name in WORDING if name not in ("anchors", "options")] + anchors


def _options(q: Question, shared: set[str]) -> dict[str, tuple[Text, Text | None]]:
    """Texts of the options that both versions offer, by their id in the old one."""
    found = {(o.was if o.was and o.was in shared else o.id): (o.text, o.detail) for o in q.options}
    return {key: texts for key, texts in found.items() if key in shared}


# all that changed


def _changes(before: Catalogue, after: Catalogue) -> Iterator[Change]:
    for kind, old, new in (
        ("questions", before.questions, _by_former_id(after.questions, before.questions)),
        ("facts", before.facts, after.facts),
        ("solutions", before.solutions, after.solutions),
        ("duties", before.duties, after.duties),
        ("guards", before.guards, after.guards),
        ("sources", before.sources, after.sources),
        ("subsidies", before.subsidies, after.subsidies),
        ("pools", _by_id(before.pools), _by_id(after.pools)),
        ("pains", before.pains, after.pains),
    ):
        yield from _entries(kind, old, new)
    yield from _fields("sector", kind_words("sector"), before.sector, after.sector, leave=("pains", "facts"))


def _by_id(entries: Iterable[Any]) -> dict[str, Any]:
    return {e.id: e for e in entries}


def _by_former_id(new: Mapping[str, Question], old: Mapping[str, Question]) -> dict[str, Question]:
    return {q.was if q.was and q.was in old and q.id not in old else q.id: q for q in new.values()}


def _entries(kind: str, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterator[Change]:
    words = kind_words(kind)
    for key, entry in old.items():
        name = _both(lambda code, entry=entry: f"{words.get(code)} {describe(entry, code)}")
        if key not in new:
            yield Change(kind, words, _described(entry), None)
        elif new[key] != entry:
            yield from _fields(kind, name, entry, new[key])
    for key, entry in new.items():
        if key not in old:
            yield Change(kind, words, None, _described(entry))
    if [k for k in old if k in new] != [k for k in new if k in old]:
        yield Change(kind, Text(zh=f"{words.zh}：顺序变了", en=f"{words.en}: in another order"), None, None)


def _fields(kind: str, name: Text, old: Any, new: Any, leave: Sequence[str] = ()) -> Iterator[Change]:
    for f in fields(old):
        if f.name not in leave:
            label = field_words(type(old), f.name)
            place = _both(lambda code, label=label: f"{name.get(code)} · {label.get(code)}")
            before, after = getattr(old, f.name), getattr(new, f.name)
            if f.name == "raises":
                before, after = _long(before, after), _long(after, before)
            yield from _values(kind, place, before, after)


def _long(raises: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What `raises` writes short, in its long form where the other side has nothing or writes it otherwise."""
    return {k: v if type(v) is type(other.get(k)) else effects_of(v) for k, v in raises.items()}


def _values(kind: str, place: Text, old: Any, new: Any) -> Iterator[Change]:
    """What changed inside one field: down to the text or value, where both sides have the same shape."""
    if old == new:
        return
    if isinstance(old, Text) and isinstance(new, Text):
        for code in LANGUAGES:
            if old.get(code) != new.get(code):
                inside = _both(lambda c, code=code: f"{place.get(c)} · {LANGUAGES[code].get(c)}")
                yield Change(kind, inside, _same(old.get(code)), _same(new.get(code)))
    elif is_dataclass(old) and type(old) is type(new):
        yield from _fields(kind, place, old, new)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in (*old, *(k for k in new if k not in old)):
            inside = _both(lambda code, key=key: f"{place.get(code)} · {key}")
            yield from _values(kind, inside, old.get(key), new.get(key))
    elif _entries_with_id(old) or _entries_with_id(new):
        pairs = {e.id: e for e in old}, {e.id: e for e in new}
        for key in (*pairs[0], *(k for k in pairs[1] if k not in pairs[0])):
            inside = _both(lambda code, key=key: f"{place.get(code)} · {key}")
            yield from _values(kind, inside, pairs[0].get(key), pairs[1].get(key))
        if [k for k in pairs[0] if k in pairs[1]] != [k for k in pairs[1] if k in pairs[0]]:
            yield Change(kind, place, _value(list(pairs[0])), _value(list(pairs[1])))
    elif _records(old) and _records(new) and len(old) == len(new):
        for n, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from _values(kind, _both(lambda code, n=n: f"{place.get(code)} {n}"), a, b)
    else:
        yield Change(kind, place, _value(old), _value(new))


def _entries_with_id(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(is_dataclass(v) and hasattr(v, "id") for v in value)


def _records(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(is_dataclass(v) for v in value)


def _value(value: Any) -> Text | None:
    """A value in words; None where there is nothing."""
    if value is None or value == () or value == {}:
        return None
    return _both(lambda code: _say(value, code))


def _say(value: Any, code: str) -> str:
    zh = code != "en"
    if isinstance(value, Text):
        return value.get(code)
    if isinstance(value, bool):
        return {True: "是", False: "否"}[value] if zh else {True: "yes", False: "no"}[value]
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return _list([f"{key} {_say(v, code)}" for key, v in value.items()], zh)
    if isinstance(value, tuple | list):
        return _list([_say(v, code) for v in value], zh)
    if is_dataclass(value):
        if isinstance(title := getattr(value, "text", None) or getattr(value, "title", None), Text):
            return title.get(code)
        found = ((f.name, getattr(value, f.name)) for f in fields(value))
        named = [(field_words(type(value), n).get(code), v) for n, v in found if v not in (None, (), {})]
        return _list([f"{n} {_say(v, code)}" for n, v in named], zh)
    return str(value)


def _described(entry: Any) -> Text:
    return _both(lambda code: describe(entry, code))


def _same(value: str) -> Text:
    return Text(zh=value, en=value)


def _both(say: Any) -> Text:
    return Text(zh=say("zh"), en=say("en"))


def _quoted(text: str, zh: bool) -> str:
    return f"“{text}”"


def _list(parts: Sequence[str], zh: bool) -> str:
    return ("、" if zh else ", ").join(parts)
