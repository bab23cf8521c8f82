"""What the fields of content are called in words: headings of the author's workbook, and of "what changed".

A field that is missing here is shown by its own name; a test names it.
"""

from __future__ import annotations

from typing import Any

from scoring.content.model import Text


def _words(**fields: str) -> dict[str, Text]:
    return {name: Text(zh=both.split(" | ")[0], en=both.split(" | ")[1]) for name, both in fields.items()}


FIELDS: dict[str, dict[str, Text]] = {
    "Question": _words(
        id="编号 | Id",
        kind="题型 | Kind",
        title="短标题 | Short title",
        dimension="维度 | Dimension",
        text="问题 | Question",
        why="为什么问 | Why we ask",
        plan_tasks="方案任务 | Tasks of the plan",
        alias="通用题编号 | Topic",
        scene="对应场景 | Scene of the index",
        hint="填写提示 | Hint",
        anchors="档位 | Levels",
        options="选项 | Options",
        none_label="都没有的说法 | Words for none",
        part_label="分子的说法 | Words for the part",
        whole_label="分母的说法 | Words for the whole",
        unit="单位 | Unit",
        whole_fact="分母取自情况 | Whole taken from fact",
        evidence="凭据 | Evidence",
        capability="能力等级 | Capability",
        needs="2 档以上的前提 | Needs for level 2",
        needs3="3 档以上的前提 | Needs for level 3",
        asked_if="什么厂才问 | Asked if",
        na="什么时候算不适用 | Not applicable when",
        was="原来的编号 | Former id",
    ),
    "Anchor": _words(label="档位名 | Label", text="做法 | Behaviour", evidence="凭据 | Evidence"),
    "Option": _words(
        id="编号 | Id",
        text="选项 | Option",
        detail="小字说明 | Detail",
        evidence="凭据 | Evidence",
        was="原来的编号 | Former id",
    ),
    "Capability": _words(
        rule="规则 | Rule",
        levels="选项的等级 | Levels of options",
        each="每项几级 | Each counts",
        weights="选项的权重 | Weights of options",
        steps="几项升一级 | Steps",
        cases="组合 | Cases",
    ),
    "Case": _words(level="等级 | Level", has="都选了 | Has all", count="至少几项 | At least"),
    "Fact": _words(
        id="编号 | Id",
        kind="类型 | Kind",
        text="问法 | Question",
        hint="填写提示 | Hint",
        options="选项 | Options",
        unit="单位 | Unit",
        low="最小 | Lowest",
        high="最大 | Highest",
        ask_if="什么厂才问 | Asked if",
    ),
    "Pain": _words(
        number="序号 | Number",
        text="痛点 | Pain",
        topics="背后的题 | Topics behind it",
        solutions="对应的通用方案 | Common solutions",
    ),
    "Section": _words(id="编号 | Id", title="页名 | Title", questions="依次问哪些题 | Questions in order"),
    "Emphasis": _words(topics="加倍计的题 | Topics that weigh double", given="条件 | If"),
    "Kpi": _words(title="指标 | Figure", value="数值 | Value", source="来源 | Source"),
    "ChainRequirement": _words(asks="要求 | Asks", text="链主的说法 | In the buyer's words"),
    "Sector": _words(
        id="编号 | Id",
        kind="类别 | Kind",
        title="行业 | Trade",
        summary="简介 | Summary",
        pains="痛点 | Pains",
        sections="页 | Pages",
        quick="快测的 12 题 | Quick look (12)",
        typical="典型规模 | Typical size",
        facts="企业情况 | Facts",
        emphasis="重点 | Emphasis",
        examples="本行业的例子 | Examples",
        kpis="行业数字 | Figures of the trade",
        chain="链主要求 | Chain leader's requirements",
    ),
    "Solution": _words(
        id="编号 | Id",
        title="名称 | Title",
        what="是什么 | What it is",
        start="怎么开始 | How to start",
        raises="能提升什么 | Raises",
        days="天数 | Days",
        cost="费用 | Cost",
        form="形式 | Form",
        effect="效果 | Effect",
        pool="适合合用 | Fit for pooling",
        plan_tasks="方案任务 | Tasks of the plan",
        solves="解决的痛点 | Pains it solves",
        needs="开始的前提 | Needs",
        applies_when="适合什么厂 | Applies when",
        tags="规则标签 | Tags",
        excludes="不同时推荐 | Excludes",
        shared="是共享中心 | Shared centre",
        connects_machines="会让设备联网 | Connects machines",
    ),
    "Cost": _words(
        unit="计价单位 | Unit",
        low="每年最低 | Lowest a year",
        high="每年最高 | Highest a year",
        basis="依据 | Basis",
        source="来源 | Source",
        date="日期 | Date",
        status="性质 | Status",
        count_from="数量取自 | Count from",
        one_off="一次性 | One-off",
    ),
    "OneOff": _words(low="最低 | Lowest", high="最高 | Highest", per="按什么算 | Per"),
    "Effect": _words(
        to="升到几档 | To level",
        band="比例升到第几段 | To band",
        option="变为选项 | To option",
        add="加选 | Adds options",
        given="条件 | If",
    ),
    "Outcome": _words(text="说法 | Words", source="来源 | Source"),
    "Guard": _words(
        id="编号 | Id",
        text="规则 | Rule",
        reason="对企业的解释 | Reason told",
        tags="标签 | Tags",
        unless="除非 | Unless",
        sectors="哪些行业 | Trades",
        limits="数值 | Limits",
    ),
    "Duty": _words(
        id="编号 | Id",
        title="名称 | Title",
        text="要做什么 | What is owed",
        when="什么情况下 | When",
        law="法规 | Law",
        date="施行日期 | In force",
        checked="核对年月 | Checked",
        source="来源 | Source",
        sectors="哪些行业 | Trades",
        remedies="可用的方案 | Remedies",
        notice="只是提醒 | Notice only",
    ),
    "Subsidy": _words(
        id="编号 | Id",
        cities="城市 | Cities",
        title="名称 | Title",
        text="办法怎么说 | What it says",
        source="来源 | Source",
        checked="核对年月 | Checked",
        date="办法日期 | Date",
        ceilings="上限 | Ceilings",
        level="最低等级 | Least level",
        until="截止日期 | Until",
    ),
    "Ceiling": _words(level="等级 | Level", yuan="元 | Yuan"),
    "Pool": _words(
        id="编号 | Id",
        forms="形式 | Forms",
        pools="抱团等级 | Pool classes",
        tiers="分档 | Tiers",
        text="假设 | Assumption",
        status="性质 | Status",
        date="日期 | Date",
        source="来源 | Source",
    ),
    "PoolTier": _words(firms="几家起 | Firms", percent="便宜百分之几 | Per cent saved"),
    "Source": _words(
        id="编号 | Id",
        title="名称 | Title",
        grade="级别 | Grade",
        address="地址 | Address",
        date="日期 | Date",
    ),
}

SHEETS: dict[str, Text] = _words(
    **{
        "sector": "行业 | Trade",
        "sector.pains": "痛点 | Pains",
        "sector.facts": "企业情况 | Facts",
        "sector.facts.options": "情况选项 | Fact options",
        "sector.sections": "页 | Pages",
        "sector.emphasis": "重点 | Emphasis",
        "sector.examples": "例子 | Examples",
        "sector.kpis": "行业数字 | Figures",
        "sector.chain": "链主要求 | Chain",
        "questions": "问题 | Questions",
        "questions.anchors": "档位 | Levels",
        "questions.options": "选项 | Options",
        "questions.capability.cases": "等级组合 | Cases",
        "solutions": "方案 | Solutions",
        "solutions.raises": "提升 | Raises",
        "duties": "法定义务 | Duties",
        "facts": "通用情况 | Common facts",
        "facts.options": "通用情况选项 | Common fact options",
        "guards": "推荐规则 | Guards",
        "sources": "来源 | Sources",
        "subsidies": "补贴 | Subsidies",
        "subsidies.ceilings": "补贴上限 | Ceilings",
        "pools": "合买 | Joint buying",
        "pools.tiers": "合买分档 | Tiers",
    }
)
KINDS: dict[str, Text] = _words(
    sector="行业 | trade",
    questions="问题 | question",
    solutions="方案 | solution",
    duties="法定义务 | duty",
    facts="企业情况 | fact",
    guards="推荐规则 | guard rule",
    sources="来源 | source",
    subsidies="补贴 | subsidy",
    pools="合买 | joint buying",
    pains="痛点 | pain",
    sections="页 | page",
)
CHOICES: dict[str, Text] = _words(
    **{
        "level": "五档题，选最像自己的一档 | five levels, choose the one that fits",
        "multiple": "多选题 | several may be ticked",
        "single": "单选题 | one choice",
        "rate": "比例题，填两个数 | a share, from two numbers",
        "trend": "变化题（升、平、降） | a trend",
        "bool": "是或否 | yes or no",
        "choice": "从几个里选一个 | one of several",
        "number": "填一个数 | a number",
        "strategic": "战略性产业集群 | strategic cluster",
        "traditional": "传统产业集群 | traditional cluster",
        "general": "其他制造业 | other makers",
        "saas": "云端软件，按年租 | software rented by the year",
        "box": "盒子，接在设备上 | a box at the machine",
        "app": "手机小程序或小工具 | an app",
        "shared": "共享中心 | a shared centre",
        "service": "请人来做 | a service",
        "training": "培训 | training",
        "H": "很适合几家合用 | pools well",
        "M": "可以合用 | may be pooled",
        "L": "不适合合用 | not for pooling",
        "site": "整厂算一份 | once for the plant",
        "machine": "按台 | per machine",
        "seat": "按人头或座位 | per seat",
        "month": "按月 | per month",
        "use": "按次 | per use",
        "unit": "按计价单位 | per unit",
        "published": "公开的价 | a published price",
        "vendor-stated": "厂商说的 | stated by a vendor",
        "estimate": "我们估的 | our estimate",
        "A": "主管部门或全国性媒体 | authority or national press",
        "B": "行业媒体或研究 | trade press or study",
        "C": "厂商或博客 | vendor or blog",
        "strategy": "战略 | strategy",
        "people": "人员 | people",
        "infrastructure": "网络与设备基础 | infrastructure",
        "data": "数据 | data",
        "design": "设计 | design",
        "supply": "采购与供应 | supply",
        "production": "生产 | production",
        "quality": "质量 | quality",
        "equipment": "设备 | equipment",
        "market": "市场与客户 | market",
        "management": "管理 | management",
        "green_safety": "绿色与安全 | green and safety",
        "security": "信息安全 | security",
        "collaboration": "协同 | collaboration",
        "option": "按选项定级 | by option",
        "band": "按比例段定级 | by band",
        "count": "按项数定级 | by count",
        "steps": "到几项升一级 | by steps",
        "cases": "按组合定级 | by cases",
    }
)
LANGUAGES = {"zh": Text(zh="中文", en="Chinese"), "en": Text(zh="英文", en="English")}


def field_words(owner: type, name: str) -> Text:
    """What a field of a class of `model.py` is called; its own name where nobody has named it."""
    return FIELDS.get(owner.__name__, {}).get(name) or Text(zh=name, en=name)


def sheet_words(key: str) -> Text:
    """What the sheet of a kind of entry is called."""
    return SHEETS.get(key) or Text(zh=key.split(".")[-1], en=key)


def kind_words(kind: str) -> Text:
    """What one entry of a kind is called."""
    return KINDS.get(kind) or Text(zh=kind, en=kind)


def describe(entry: Any, language: str) -> str:
    """An entry in a line: its id or number and its title or text."""
    name = getattr(entry, "id", None) or getattr(entry, "number", "")
    title = getattr(entry, "title", None) or getattr(entry, "text", None)
    return f"{name} {title.get(language)}".strip() if isinstance(title, Text) else str(name)
