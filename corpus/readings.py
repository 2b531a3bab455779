"""Readings that the dictionary gets wrong in these dialogues' words, in the form of
`samples.phonemes.add_readings`. A word stands here with as much around it as makes it clear."""

from __future__ import annotations

_WORDS = {
    # 得 as the mark of a complement
    "说得": "shuo1 de5", "说得对": "shuo1 de5 dui4", "用得": "yong4 de5", "做得": "zuo4 de5",
    "想得": "xiang3 de5", "看得": "kan4 de5", "慢得": "man4 de5", "摇得": "yao2 de5",
    "急得": "ji2 de5", "玩得": "wan2 de5", "舍不得": "she3 bu5 de5",
    # 得 as "must"
    "那得": "na4 dei3", "得到啥": "dei3 dao4 sha2",
    "得重新": "dei3 chong2 xin1", "得先": "dei3 xian1", "得去": "dei3 qu4",
    "现在得": "xian4 zai4 dei3", "可能得": "ke3 neng2 dei3", "得做": "dei3 zuo4",
    # 还 as "give back"
    "还了": "huan2 le5", "没还": "mei2 huan2",
    "时长": "shi2 chang2", "数到": "shu3 dao4", "重开": "chong2 kai1", "调账": "tiao2 zhang4",
    "教": "jiao1", "没收到": "mei2 shou1 dao4", "照片": "zhao4 pian4", "找不着": "zhao3 bu5 zhao2",
    "点着": "dian3 zhe5", "地响": "de5 xiang3",
}  # fmt: skip
READINGS = {word: readings.split() for word, readings in _WORDS.items()}
