from __future__ import annotations

from pathlib import Path

import pytest

from callqa.errors import InvalidFileError
from training.politeness.data import held_out_pass, learning_passes, lines_of, read_pass

GOOD = """# t-1 账单
A courteous | 您好，请讲
C 扣了我三十
A neutral | 我看一下
A impolite/blaming | 谁让您点的
# t-2 bill
C I was charged
A curt | So?
"""


def test_lines_have_what_the_customer_said_just_before(tmp_path: Path) -> None:
    path = tmp_path / "w1.txt"
    path.write_text(GOOD, encoding="utf-8")
    chinese, english = read_pass(path)
    assert [line.context for line in chinese.lines] == [None, "扣了我三十", None]
    assert [(line.label, line.fault) for line in chinese.lines][-1] == ("impolite", "blaming")
    assert (chinese.language, english.language) == ("zh", "en")


def test_every_mistake_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "w1.txt"
    path.write_text(
        "A neutral | 早了\n# t-1 a\nA rude | 哼\nA impolite | 哼\nA curt/mocking | 哼\nX\n# t-1 b\n# t-2 c\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidFileError) as caught:
        read_pass(path)
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        *(f"line {number}" for number in (1, 3, 4, 5, 6, 7)),
        "the dialogue t-1 has no agent line",
        "the dialogue t-2 has no agent line",
    ]


def test_the_passes_share_no_dialogue_and_hold_one_out() -> None:
    learnt, held_out = learning_passes(), held_out_pass()
    names = [dialogue.id for dialogues in learnt.values() for dialogue in dialogues]
    assert len(names) == len(set(names))
    assert not set(names) & {dialogue.id for dialogue in held_out}
    lines = lines_of(learnt.values())
    assert sum(line.language == "zh" for line in lines) >= 4_000
