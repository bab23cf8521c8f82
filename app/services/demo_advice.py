"""What the demo's consultant has done for two of his firms: one with verified result, diagnosis and agreed actions, one
that objects to a finding."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid5

from app.extensions import db
from app.models.actions import Action, ActionState
from app.models.diagnoses import Diagnosis, TextBlock
from app.models.firms import Firm
from app.models.results import Result
from app.models.users import User
from app.models.verifications import Finding, Reply, Verdict, Verification, VerificationState
from app.queries.access import CHINA
from app.queries.answers import list_answers
from app.queries.results import find_current_result
from app.queries.verifications import mark_of
from app.services.demo_engagements import VISITED
from app.services.diagnoses import SUMMARY, lay_out
from app.services.verifications import store_result

DONE, OBJECTING = 1, 9
"""The firms by number: the one with everything, and the one that waits for a second look."""


class Seen(NamedTuple):
    """What was seen for one question of levels: so many levels above the claim, or None for what was not seen; with the
    reason of the firm where it objects."""

    item: str
    step: int | None
    note: str
    objection: str = ""


_SEEN = {
    DONE: (
        Seen("MOL-03", 0, "抽看两副模具，车间用的就是最新版图。"),
        Seen("MOL-04", None, "电极扫码记录当天没有调出来，设计员出差。"),
        Seen("MOL-05", 0, "看了三副模具的扫码记录，外协收发也有。"),
        Seen("MOL-06", 0, "导出最近两周的切削时间，与机台一致。"),
        Seen("C10", 0, "编码规则贴在仓库门口，有两个料号重复。"),
        Seen("scene_production_control", 0, "抽看五张工单，报工都在当天完成。"),
        Seen("scene_process_design", 0, "工艺路线在系统里，抽看五张都有。"),
        Seen("scene_equipment", -1, "点检表是纸质的，系统里最近一次报修在三个月前。", "报修在微信群里，随时可以翻。"),
        Seen("scene_warehousing", -1, "库存表每周更新一次，当天有两种钢料账实不符。"),
        Seen("scene_purchasing", 1, "采购单已经统一编号、用表格登记，比填写的做得好。"),
        Seen("scene_quality", 0, "有检验单，按日期存放。"),
        Seen("scene_office", 0, "请假和采购都在平台上审批。"),
    ),
    OBJECTING: (
        Seen("MOL-01", 0, "报价单和历史成本在同一张表里。"),
        Seen("MOL-07", -1, "试模记录有，修模原因没有分类。"),
        Seen("C21", -1, "模架有编号，钢料批次追不到炉号。", "钢料进厂都登记炉号，台账在品质部，当天没有打开。"),
        Seen("scene_scheduling", 0, "计划单每天打印，开工前核对。"),
        Seen("scene_quality", -1, "控制图有，最近一次报警没有处理记录。"),
        Seen("scene_energy", 0, "单耗表按周出，班组看得到。"),
    ),
}  # fmt: skip
_REMARKS = {DONE: "车间和仓库都看了，设计室没有进去。", OBJECTING: "看了加工、试模和品质三个部门。"}
_ANSWERS = {
    DONE: "设备管理这一条保留意见，其余没有问题。",
    OBJECTING: "追溯这一条请再看一次，台账已经准备好，其余认可。",
}
_TEXTS = {
    "zh": {
        SUMMARY: (
            "报工和机床联网已经用起来，这是厂里的长处。短板在仓库、检验和设备保养：事情有人做，数据没有留下来。"
            "建议半年内先做三件事：理清料号，常用钢料和刀具扫码收发，检验单按模号存档。三件事都不用停产，"
            "可以一件一件来。"
        ),
        "production": "抽看的工单当天报工，进度看得到。下一步把外协工序放进同一张进度表，交期就不用每天打电话问。",
        "equipment": (
            "切削时间能导出，停机原因没有人填。点检和报修还在纸上和微信群里，建议先用手机扫码点检，每月看一次停机排列。"
        ),
        "supply": "库存表每周更新，走访当天有两种钢料对不上。采购单已经统一编号，仓库扫码收发可以直接接上。",
        "quality": "检验单都在，但按日期存放，同一副模具的问题连不起来。先按模号存档，把不良原因固定成十来个代码。",
        "data": "编码规则清楚，新料号没有人审批，所以有重复。指定一个人审批即可，不用买软件。",
    },
    "en": {
        SUMMARY: (
            "Work reports and connected machines are in daily use: that is the strength of this shop. Stores, "
            "inspection and maintenance lag behind: the work is done, but leaves no data. Three things first, "
            "within half a year: clean up the part numbers, scan common steels and tools in and out, file "
            "inspection sheets by mould. None of them stops production, and they can be done one after the other."
        ),
        "production": (
            "The work orders we looked at were reported the same day, and progress is visible. Next, put outside "
            "work into the same list, so that nobody has to telephone for dates."
        ),
        "equipment": (
            "Cutting times can be exported; nobody enters why a machine stood still. Checks and repairs are on "
            "paper and in a chat group: begin with checks by phone and code, and look at the causes of stops "
            "once a month."
        ),
        "supply": (
            "The stock list is brought up to date once a week; two steels did not agree on the day. Purchase "
            "orders are numbered already, so scanning in the stores can build on them."
        ),
        "quality": (
            "The inspection sheets are there, but filed by date, so the faults of one mould cannot be put "
            "together. File them by mould first, with a dozen fixed codes for the causes."
        ),
        "data": (
            "The rule for part numbers is clear, but nobody approves new ones, hence the duplicates. Name one "
            "person to approve them; no software is needed."
        ),
    },
}
_ACTIONS = (
    ("指定一人审批新料号，把重复的料号清理一遍", "仓库主管", -4, ActionState.DONE),
    ("常用的二十种钢料和刀具扫码收发，先用手机", "仓库主管", -2, ActionState.OPEN),
    ("检验单按模号存档，不良原因固定成代码", "品质主管", 35, ActionState.OPEN),
)
_BLOCKS = (
    ("先理料号", "data", "{企业}的料号有重复。先指定一个人审批新料号，再谈上系统。", ""),
    ("纸质点检", "equipment", "点检表还在纸上。先用手机扫码点检一个月，看看哪几台机停得最多。", ""),
)


def make_advice(number: int, firm: Firm, by: User, at: datetime) -> None:
    """What the consultant has found, written and agreed at the firm with this number; nothing for most."""
    result = find_current_result(firm.id)
    if number not in _SEEN or result is None:
        return
    visited = at - timedelta(days=VISITED[number])
    row = _verify(number, firm, result, by, visited)
    if number == OBJECTING:
        return
    verified = store_result(row)
    row.state, row.verified_at, row.result = VerificationState.VERIFIED.value, visited + timedelta(days=3), verified
    signed = visited + timedelta(days=4)
    db.session.add(
        Diagnosis(
            id=uuid5(result.id, "diagnosis"), firm_id=firm.id, assessment_id=result.assessment_id, user_id=by.id,
            by_name=by.name, texts=lay_out(_TEXTS), updated_by_label=by.name, updated_at=signed, signed_at=signed,
        )
    )  # fmt: skip
    _agree(firm, result, by, signed, at.astimezone(CHINA).date())
    for title, dimension, text_zh, text_en in _BLOCKS:
        values: dict[str, Any] = {"title": title, "dimension": dimension, "text_zh": text_zh, "text_en": text_en}
        db.session.add(TextBlock(id=uuid5(by.id, title), requested_by=by.id, updated_at=signed, **values))


def _verify(number: int, firm: Firm, result: Result, by: User, visited: datetime) -> Verification:
    """The findings, and the firm's answer to them."""
    row = Verification(
        id=uuid5(result.id, "verification"), firm_id=firm.id, assessment_id=result.assessment_id, user_id=by.id,
        by_name=by.name, state=VerificationState.CHANGES_REQUESTED.value, visited_on=visited.astimezone(CHINA).date(),
        begun_at=visited, submitted_at=visited + timedelta(days=1), answered_at=visited + timedelta(days=2),
        remark=_REMARKS[number], answer=_ANSWERS[number],
    )  # fmt: skip
    answers = {answer.item_id: answer.value for answer in list_answers(result.assessment_id)}
    for seen in _SEEN[number]:
        claimed = answers.get(seen.item)
        if not isinstance(claimed, int):
            continue
        value = None if seen.step is None else min(4, max(0, claimed + seen.step))
        correction = value != claimed
        objects = correction and bool(seen.objection)
        row.findings.append(
            Finding(
                id=uuid5(row.id, seen.item), version=1, firm_id=firm.id, item_id=seen.item, claimed=claimed,
                value=value, verdict=_verdict(claimed, value).value, note=seen.note, updated_by=by.id,
                updated_by_label=by.name, updated_at=visited,
                reply=(Reply.OBJECTED if objects else Reply.ACCEPTED if correction else Reply.NONE),
                reply_text=seen.objection if objects else "", replied_at=row.answered_at if correction else None,
            )
        )  # fmt: skip
    row.answered_mark = mark_of(row)
    db.session.add(row)
    return row


def _verdict(claimed: int, value: int | None) -> Verdict:
    if value is None:
        return Verdict.NOT_SEEN
    return Verdict.AGREED if value == claimed else Verdict.UP if value > claimed else Verdict.DOWN


def _agree(firm: Firm, result: Result, by: User, at: datetime, today: date) -> None:
    for position, (text, owner, days, state) in enumerate(_ACTIONS, 1):
        due = today + timedelta(days=days)
        db.session.add(
            Action(
                id=uuid5(result.id, f"action {position}"), firm_id=firm.id, assessment_id=result.assessment_id,
                position=position, text=text, owner=owner, due_on=due, state=state.value,
                since=due if state is ActionState.DONE else None, created_by=by.id, created_at=at, updated_by=by.id,
                updated_at=at,
            )
        )  # fmt: skip
