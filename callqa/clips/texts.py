"""What a ZIP of clips says, in Mandarin and English."""

from __future__ import annotations

from callqa.data import Role, Verdict

_VERDICTS = {
    "zh": {Verdict.MET: "达标", Verdict.PARTLY_MET: "部分达标", Verdict.NOT_MET: "未达标"},
    "en": {Verdict.MET: "met", Verdict.PARTLY_MET: "partly met", Verdict.NOT_MET: "not met"},
}
_ROLES = {
    "zh": {Role.AGENT: "坐席", Role.CUSTOMER: "客户", None: "说话人"},
    "en": {Role.AGENT: "Agent", Role.CUSTOMER: "Customer", None: "Speaker"},
}
_WORDS = {
    "zh": {
        "title": "录音片段",
        "count": "{} 个片段",
        "agent": "坐席",
        "quote": "引用",
        "reason": "依据",
        "said": "对话",
        "verdict": "判定",
        "criterion": "评分项",
        "queue": "队列",
        "day": "日期",
        "at": "在原录音中",
        "seconds": "{} 秒",
        "surely": "识别把握",
        "beeps": "已消音 {} 处",
        "call": "通话编号",
        "all": "全部",
        "text": "文字稿",
        "unplayable": "您的浏览器无法播放，请直接打开文件。",
        "note": "电话号码、证件号码、姓名等个人信息已在声音中消音、在文字中隐去。仅供内部培训，请勿外传。",
        "shifted": "客户声音已变调：只是不易辨认，并不等于匿名。",
        "file": "文件",
        "length": "时长（秒）",
        "start": "起（秒）",
        "end": "止（秒）",
        "number": "序号",
    },
    "en": {
        "title": "Clips",
        "count": "{} clips",
        "agent": "Agent",
        "quote": "Quote",
        "reason": "Why",
        "said": "What is said",
        "verdict": "Verdict",
        "criterion": "Criterion",
        "queue": "Queue",
        "day": "Day",
        "at": "In the recording",
        "seconds": "{} s",
        "surely": "Recognised with",
        "beeps": "{} beeped over",
        "call": "Call",
        "all": "all",
        "text": "text",
        "unplayable": "Your browser cannot play this; open the file itself.",
        "note": "Phone and ID numbers, names and other personal data are beeped over in the sound and hidden "
        "in the text. For training inside the company; do not pass on.",
        "shifted": "The customers' voices are shifted in pitch: harder to know again, but not anonymous.",
        "file": "File",
        "length": "Length (s)",
        "start": "From (s)",
        "end": "To (s)",
        "number": "No.",
    },
}


def word(name: str, language: str) -> str:
    """A word of the index page or a column's heading."""
    return _WORDS[language][name]


def verdict_word(verdict: Verdict, language: str) -> str:
    """A verdict in words."""
    return _VERDICTS[language][verdict]


def role_word(role: Role | None, language: str) -> str:
    """Who speaks."""
    return _ROLES[language][role]


def agent_label(number: int, language: str) -> str:
    """An agent without a name, the same in all clips of a ZIP.

    >>> agent_label(2, "zh"), agent_label(2, "en")
    ('坐席 2', 'Agent 2')
    """
    return f"{_ROLES[language][Role.AGENT]} {number}"
