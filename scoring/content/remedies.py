"""What the checks say, in Chinese: authors of a workbook read it in their own language. The checks speak English.

Each row is a pattern of an English message and its Chinese words; a message that no row fits stays English, and a test
names it.
"""

from __future__ import annotations

import re

_X = "(.+?)"
_ROWS: tuple[tuple[str, str], ...] = (
    ("a level question has {} anchors, not {}", "五档题要有 {} 档，这里是 {} 档"),
    ("says what record proves it; only level 0 needs none", "要写拿什么证明；只有 0 档不用"),
    ("two anchors have the same text", "有两档的做法一模一样；改一档"),
    ("a rate question has part_label, whole_label and unit", "比例题要写分子、分母的说法和单位"),
    ("a {} question has options", "{} 题要有选项；到“选项”表里加"),
    ("a multiple question says what ticking nothing means", "多选题要写“都没有的说法”"),
    ("only level questions have anchors", "只有五档题（level）有档位；删掉这些档，或改题型"),
    ("{} is still asked, or named twice; an answer follows to one question only",
     "{} 还在问，或被写了两次；旧答案只能跟到一题"),
    ("{} is still an option, or named twice; an answer follows to one option only",
     "{} 还是选项，或被写了两次；旧答案只能跟到一个选项"),
    ("is a name of at most {} characters; shorten it", "是个名称，最多 {} 个字；写短些"),
    ("no trade {}", "没有行业 {}；写行业编号，例如 molds"),
    ("no scene {} in the index", "评测指标里没有场景 {}"),
    ("no fact {}", "没有企业情况 {}；看“编号 Ids”表"),
    ("no option {} in this question", "这道题没有选项 {}"),
    ("no option {}; known: {}", "没有选项 {}；有：{}"),
    ("gives no level to {}", "没有给 {} 定等级"),
    ("option {} stands twice", "选项 {} 写了两次；留一个"),
    ("the index item {} has no question", "评测指标的 {} 没有题"),
    ("a scene is a level question", "场景题必须是五档题（level）"),
    ("the index says {}", "评测指标规定是 {}"),
    ("has not the options of the index: {}", "选项要和评测指标一样：{}"),
    ("{} stands on two pages; keep one", "{} 放在了两页上；留一页"),
    ("{} stands on no page; add it to one", "{} 没有放在任何一页上；到“页”表里加"),
    ("page {} has {} questions; {} to {} fit", "页 {} 有 {} 题；一页放 {} 到 {} 题"),
    ("no question {}", "没有编号为 {} 的题；看“编号 Ids”表"),
    ("the quick look has {} different questions, not {}", "快测要有 {} 道不同的题，这里是 {} 道"),
    ("two pains have the same number; choose another for one", "两个痛点的序号一样；换一个"),
    ("no topic {}", "没有题 {} 的等级可用；看“编号 Ids”表"),
    ("no solution {}", "没有方案 {}；看“编号 Ids”表"),
    ("{}: write one topic and the level wanted, such as C12>=2", "{}：写一个题和要到的档，例如 C12>=2"),
    ("{}: a level stands with >= here; with < the order of a route would have no end",
     "{}：这里的等级只能写 >=；写 < 的话，路线的先后会没个完"),
    ("the cautious end is above the hopeful one", "保守的一头不能比乐观的一头高"),
    ("a later tier has more firms, and saves no less", "后一档的家数要更多，省的不能更少"),
    ("speaks of the same forms and pools as {}", "和 {} 说的是同样的形式和抱团等级；并成一条"),
    ("a choice has options", "选择类的情况要有选项；到“情况选项”表里加"),
    ("a number says its unit", "填数的情况要写单位"),
    ("serves no task of the provincial plan; name one or more, 1 to 18", "没有对应方案的任务；写一个以上，1 到 18"),
    ("names a task of the plan twice", "方案的同一个任务写了两次；留一个"),
    ("raises nothing", "没有写能提升什么；到“提升”表里加一行"),
    ("{} is never raised by a solution; take it out", "{} 不能由方案提升；删掉这一行"),
    ("no pain {} in {}", "没有序号为 {} 的痛点（{}）"),
    ("the shorter time stands first", "最少天数不能比最多天数大"),
    ("the lower price stands first", "最低价不能比最高价大"),
    ("costs nothing at its lower end; give the price of the typical edition or use",
     "最低价不能是 0；写常用版本或常见用量的价"),
    ("{} has no typical {}; add it in its sector.yaml", "{} 没有写典型的 {}；到“行业”表的“典型规模”里加"),
    ("a typical yearly use is an estimate; say so", "按次计价的用量是估的，性质要写 estimate"),
    ("has no source, so it is an estimate", "没有来源，性质就要写 estimate（估计）"),
    ("no guard rule speaks of {}; known: {}", "没有规则用到标签 {}；有：{}"),
    ("a {} item takes {}", "{} 题的提升写法不对（要的是 {}）：五档题填“升到几档”，比例题填“比例升到第几段”，"
     "多选题填“加选”，单选题填“变为选项”"),
    ("has no case in which it is open", "没有写什么情况下要做"),
    ("ceilings rise from level to level, each level once", "上限要一级比一级高，每级写一次"),
    ("there is no day {}", "没有 {} 这一天"),
    ("ends before the rule began", "截止日期早于办法日期"),
    ("the low end is above the high end", "低端不能比高端大"),
    ("{} is none of {}", "{} 不在这些里面：{}"),
    ("no source {}; add it to shared/v1/sources.yaml", "没有来源 {}；到“来源”表里加"),
    ("{}: only profile facts may stand here", "{}：这里只能写企业情况"),
    ("{}: no topic {} with a level", "{}：没有题 {} 的等级可用；看“编号 Ids”表"),
    ("{}: no fact {}", "{}：没有企业情况 {}；看“编号 Ids”表"),
    ("{}: {} has no option {}", "{}：{} 没有选项 {}"),
    ("{}: {} is true or false", "{}：{} 只能是 true 或 false"),
    ("{}: a level stands with >= here; with < the order of a route would have no end",
     "{}：这里等级只能用 >=；用 < 的话，路线的先后就没有尽头"),
    ("{}: {} is a number", "{}：{} 要和一个数比"),
    ("the English text holds Chinese outside parentheses or quotation marks", "英文里有中文；括号和引号里的除外"),
    ("the Chinese text holds no Chinese", "中文里没有中文；写反了吗？"),
    ("needs go round in a circle: {}; take one out", "前提绕成了一圈：{}；去掉一个"),
    ("{}: write TOPIC>=n, TOPIC<n, fact=value, any(a;b) or all(a;b)",
     "{}：条件写成 题>=n、题<n、情况=值、any(a;b) 或 all(a;b)"),
    ("{}: {}(…) needs two or more conditions, separated by ;", "{}：{}(…) 里要有两个以上条件，用 ; 隔开"),
    ("{}: a topic is compared with >= or < and a level 0-4", "{}：题只能用 >= 或 < 和 0 到 4 比"),
    ("lifts {} to {} though {} is not secured (has {}); add the need or lower the effect",
     "把 {} 提到 {}，却没有保证 {}（只有 {}）；加上前提，或降低提升"),
    ("lifts {} to {} without {} among its needs, effects or `if`; add it",
     "把 {} 提到 {}，但前提、提升和条件里都没有 {}；加上"),
    ("a guard rule always forbids it; take it out", "有规则永远不让推荐它；去掉这个标签"),
    ("a firm that meets its needs gains nothing by it; lower the needs or raise the effect",
     "满足前提的厂用了也没有提升；放低前提，或提高提升"),
    ("no solution of {} lifts it to level {} (reaches {}); add one", "{} 没有方案能把它提到 {} 档（现在 {}）；加一个"),
    ("the same sentence stands in {}; write it for this trade", "同一句话在 {} 里也有；照本行业重写"),
    ("id already used in {}; choose another", "编号在 {} 里已经用了；换一个"),
    ("was published and has changed; put it back and make a new version", "已经发布，不能再改；放回原样，另做新版本"),
    ("was published and is gone; put it back", "已经发布，却不见了；放回来"),
)  # fmt: skip
_PATTERNS = [(re.compile(_X.join(map(re.escape, english.split("{}"))) + r"\Z"), chinese) for english, chinese in _ROWS]

_NEAR = re.compile(r"; (?:is it (\S+)\?|take it out or mend the id)\Z")


def say_zh(message: str) -> str:
    """The Chinese words of a message of the checks; the message itself where there are none."""
    if near := _NEAR.search(message):
        said = say_zh(message[: near.start()])
        return f"{said.partition('；')[0]}；是不是 {near[1]}？" if near[1] else said
    for pattern, chinese in _PATTERNS:
        if match := pattern.match(message):
            return chinese.format(*match.groups())
    return message
