"""What people who fill in a sheet are told."""

from __future__ import annotations

from callqa.calibration.words import VERDICT_WORDS
from callqa.data import Verdict


def instructions(language: str, verdicts_shown: bool) -> list[tuple[str, str]]:
    """What a person who fills in a sheet has to know: headings and sentences."""
    words = VERDICT_WORDS[language]
    if language == "zh":
        return [
            (
                "怎么做",
                "请先听录音，再按您自己的判断逐行填写黄色的两列。"
                + (
                    "表里有机器的判断，请不要照抄，以您听到的为准。"
                    if verdicts_shown
                    else "机器的判断不在表里，请不要去查。"
                ),
            ),
            (words[Verdict.MET], "要求做到了。"),
            (words[Verdict.PARTLY_MET], "做到了一部分，或者做得太晚、有小的不足。"),
            (words[Verdict.NOT_MET], "没有做到，或者有明显的过错。"),
            (words[Verdict.UNSURE], "听了录音也分不清，例如听不清楚、分不出谁是坐席。拿不准就选这个。"),
            (words[Verdict.NOT_APPLICABLE], "这通电话用不上这一条，例如客户先挂断，坐席没有机会道别。"),
            (
                "机器听到的内容",
                "时间（分:秒）和识别出来的文字，方便您找到位置。文字可能有错，也可能不全，以录音为准。",
            ),
            ("备注", "可以写下理由，判断与机器不同时会一起显示。"),
            ("空行", "没填的行不算，可以分几次填。请不要改通话编号、标准编号和表号。"),
            ("两个人", "如果两人各填一份，请互不商量，分别写上自己的名字。"),
            ("交回", "保存为 xlsx 或 CSV UTF-8，交给质检主管运行：callqa calibrate read 文件名"),
        ]
    return [
        (
            "What to do",
            "Listen to the recording first, then fill in the two yellow columns row by row, by your own "
            "judgement. "
            + (
                "The machine's verdict is shown; please do not copy it, what you hear counts."
                if verdicts_shown
                else "The machine's verdict is not in the sheet; please do not look it up."
            ),
        ),
        (words[Verdict.MET], "What is asked for was done."),
        (words[Verdict.PARTLY_MET], "Part of it was done, or too late, or with a small flaw."),
        (words[Verdict.NOT_MET], "It was not done, or there was a clear fault."),
        (
            words[Verdict.UNSURE],
            "The recording does not settle it: it cannot be made out, or who the agent is. "
            "Choose this when in doubt.",
        ),
        (
            words[Verdict.NOT_APPLICABLE],
            "It has no place in this call: the customer hung up before the agent could say goodbye.",
        ),
        (
            "What the machine heard",
            "Times (minutes:seconds) and words as recognised, to find the place. They can be wrong or "
            "incomplete: the recording counts.",
        ),
        ("Comment", "Your reason, if you like; it is shown where you and the machine differ."),
        ("Empty rows", "They do not count. Please leave the call, criterion and sheet columns as they are."),
        ("Two people", "If two fill in a sheet each, please do not confer, and each write your name."),
        ("When done", "Save as .xlsx or CSV UTF-8; the QA lead runs: callqa calibrate read FILE"),
    ]
