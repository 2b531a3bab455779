"""Where courtesy is owed, and what speaks against it: cues in the words.

They are kept narrow, so that an occasion is missed rather than made up. What counts as courtesy,
and what is forbidden, stands in the lexicons.
"""

from __future__ import annotations

import re


def _cues(**alternatives: tuple[str, ...]) -> dict[str, re.Pattern[str]]:
    """One expression a language."""
    return {language: re.compile("|".join(parts), re.IGNORECASE) for language, parts in alternatives.items()}


ASKING = _cues(
    zh=(
        r"(?:报|说|提供|告诉|告知|输入|念|读|发|核对)(?:一下|下|给我|我)?(?:您|你)的",
        r"(?:把|将)(?:您|你)?.{1,12}?(?:报|说|提供|发|告诉|念|读)(?:一下|给|下|我)",
        r"(?:号码|证号|卡号|地址|姓名|名字)是?多少",
        r"(?:提供|报)一下",
        r"叫什么(?:名字)?",
        r"是?哪(?:个|张)(?:号码|卡|地址)",
        r"(?:您|你)(?:先)?(?:把|去)?.{0,6}?(?:重启|拔掉|拔了|插上|关机|重新开机)",
    ),
    en=(
        r"\b(?:give|tell|send|read) me\b",
        r"\bwhat(?:'s| is) your\b",
        r"\b(?:verify|confirm) your\b",
        r"\b(?:restart|reboot|unplug|plug in|turn off) (?:the|your)\b",
        r"\bI(?:'ll)? need your\b",
    ),
)
REFUSING = _cues(
    zh=(
        r"(?:无法|不能|没法|不可以|没办法)再?(?:为您|给您|帮您|给你|帮你|为你|办理|办|查询|查)",
        r"(?:无法|不能|没法|不可以|没办法)再?(?:提供|处理|退|取消|减免|受理)",
        r"(?:办|办理|查|退|取消|处理|受理|改|减免)不了",
        r"没有(?:这个|该)?权限",
        r"不支持|不符合|暂时不行",
    ),
    en=(
        r"\b(?:can't|cannot|can not|unable to|not able to|not allowed to) (?:do|give|offer|refund)\b",
        r"\b(?:can't|cannot|can not|unable to|not able to|not allowed to) (?:cancel|process|change|waive)\b",
        r"\bnot (?:eligible|possible)\b",
        r"\bdoes(?:n't| not) qualify\b",
    ),
)
CORRECTING = _cues(
    zh=(
        r"(?:您|你)(?:可能)?(?:说|记|弄|搞|理解|看|听)错",
        r"不是(?:这样|那样)的",
        r"(?:更正|纠正)一下",
        r"我(?:刚才|刚刚)?(?:说|报|查|看|弄)错",
    ),
    en=(
        r"\byou(?:'re| are) (?:wrong|mistaken)\b",
        r"\bthat(?:'s| is) not (?:right|correct|true)\b",
        r"\bI (?:was wrong|misspoke)\b",
    ),
)
COMPLAINT = _cues(
    zh=(
        r"投诉|太差|什么态度|太慢|欺骗|骗人|骗我|乱扣|乱收|坑人|生气|不满意|不合理|太过分",
        r"多少次了|好几次|好几遍|没人管|没人处理|没人理|一直没(?:人|有|解决|修)",
        r"烦死|气死|凭什么|怎么搞的|受不了|忍不了|莫名其妙|耽误",
    ),
    en=(
        r"\bcomplain(?:t|ing)?\b|\bfrustrat\w+|\bdisappoint\w+|\bridiculous\b|\bunacceptable\b",
        r"\bterrible\b|\bawful\b|\bworst\b|\bupset\b|\bangry\b|\bfed up\b|\bripped off\b",
        r"\b(?:third|fourth|fifth) time\b|\bseveral times\b|\bmany times\b",
    ),
)
# Politeness in the form of the sentence, beside the phrases of the courtesy lexicon.
POLITE_FORM = _cues(
    zh=(
        r"请|麻烦|劳驾|方便|能否|能不能|可不可以|可以.{0,12}吗|好吗|您稍",
        r"谢谢|辛苦|抱歉|对不起|不好意思|久等|谅解|理解",
    ),
    en=(
        r"\bplease\b|\b(?:could|can|may|would|might) (?:you|I)\b|\bwould you mind\b|\bif you don't mind\b",
        r"\bthanks?\b|\bsorry\b|\bapologi\w+|\bappreciate\b|\bunfortunately\b|\bunderstand\b|\bafraid\b",
    ),
)
COMMANDS = _cues(
    zh=(
        r"你?给我(?:听着|说清|等着|闭|快点)",
        r"你(?:必须|赶紧|赶快|自己去|自己看|自己弄|自己查|自己想)",
        r"(?<![您请])(?:别|不要)再?(?:吵|催|废话|啰嗦|烦我|问了|说了)",
        r"快点(?:说|讲|报)|闭嘴|你(?:先)?听我说(?!明)|你等着(?:瞧|吧)",
    ),
    en=(
        r"\bcalm down\b|\bhurry up\b|\bshut up\b|\bbe quiet\b",
        r"\bstop (?:talking|yelling|calling|asking|complaining)\b",
        r"\blet me finish\b|\blisten to me\b|\bjust do it\b",
    ),
)
BLAMING = _cues(
    zh=(
        r"(?<![奇难])怪(?:你|您)|(?<![依信无])赖(?:你|您)|谁让(?:你|您)",
        r"(?:你|您)自己(?:弄错|搞错|弄坏|没看|不看|没说清|不小心|的错|的问题|造成)",
        r"都?是(?:你|您)(?:自己)?的(?:问题|错|责任)(?!吗)",
        r"(?:你|您)怎么(?:不早|连|还不)",
    ),
    en=(
        r"\b(?:that's|that is|it's|it is) your (?:own )?(?:fault|problem)\b|\byour own fault\b",
        r"\bwhy did(?:n't| not) you (?:call|tell|check|read|say|listen)\b",
    ),
)
