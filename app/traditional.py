"""Traditional Chinese for readers in Hong Kong and Macau: derived from the simplified texts by OpenCC, never stored.

Only what the product itself says is converted: content, messages, words of the code. What people typed (names of
firms, notes, evidence) stays as they wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from babel.support import NullTranslations, Translations

CODE = "zh-Hant"
TAG = "zh-Hant-HK"
_CONFIGURATION = "s2hk"
# One simplified character may stand for several traditional ones; where the shop floor's words are not in OpenCC's
# dictionary, it takes the wrong one. What stands here was found by reading the product's own texts.
_MENDED = tuple(
    (re.compile(wrong), right)
    for wrong, right in (
        (r"(?<![標箱])籤", "簽"),  # somebody signs; a label only in these words
        (r"(?<=[標箱])簽", "籤"),
        (r"幹(?=[着砂粉燥冰濕淨式法])|(?<=[烘風晾吹料])幹(?![活完])|(?<=[烘晾吹]不)幹|(?<=料要)幹", "乾"),
        (r"(?<=白)乾(?=[，。、；])", "幹"),  # in vain
        (r"(?<![公英海鄰])里(?!程)", "裏"),
        (r"沖(?![洗淡水刷淋])", "衝"),  # presses
        (r"衝一衝", "沖一沖"),  # with water
        (r"衝(?=[洗淋])", "沖"),
        (r"(?<![電水氣汽力秒手鐘])錶", "表"),
        (r"瞭(?![然解望])", "了"),
        (r"(?<=在)制(?![度定動約造])|(?<=自)制(?=[件的])|(?<=編)制|制(?=水)", "製"),
        (r"(?<![一兩幾三四五六七八九十])隻|隻(?=看)", "只"),
        (r"(?<=[按每一兩三四五六七八九十幾])周(?=[的或、，。內])|(?<=當)周", "週"),
        (r"准不准", "準不準"),
        (r"(?<![風神文精])采", "採"),
        (r"扎(?=包)|(?<=[整每幾])扎", "紮"),
        (r"(?<=管得)松", "鬆"),
        (r"(?<=灰)鬥", "斗"),
        (r"迴(?=算)", "回"),
        (r"復(?=判)", "複"),
        (r"(?<!茶)几", "幾"),
        (r"傢伙(?=伴)", "家夥"),
        (r"麪(?![包粉團條])", "面"),
        (r"嚮(?![往導])", "向"),
        (r"(?<=膠)捲", "卷"),
        (r"匯總", "彙總"),
        (r"鍾", "鐘"),
        (r"齣", "出"),
        (r"枱", "台"),
        (r"侷", "局"),
    )
)


@cache
def _converter() -> Callable[[str], str]:
    # Its dictionaries take a tenth of a second: only who reads traditional characters waits, once.
    from opencc import OpenCC  # noqa: PLC0415

    # Without the dictionaries of characters that many devices cannot show.
    convert: Callable[[str], str] = OpenCC(_CONFIGURATION, include_tofu_risk_dictionaries=False).convert
    return convert


@lru_cache(maxsize=65_536)
def traditional(text: str) -> str:
    """A Chinese text of the product in traditional characters as Hong Kong writes them. Each text is converted once."""
    if text.isascii():
        return text
    text = _converter()(text)
    for wrong, right in _MENDED:
        text = wrong.sub(right, text)
    return text


def traditional_catalogue(chinese: NullTranslations) -> NullTranslations:
    """The messages of the Chinese catalogue in traditional characters, under the same msgids and plural rule."""
    derived = Translations()
    if isinstance(chinese, Translations):
        derived.plural = chinese.plural
        derived._catalog = {key: traditional(text) for key, text in chinese._catalog.items()}
        derived._info = chinese._info
    return derived
