"""Every sentence of the reports, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("zh", "en")

# key: (Chinese, English); both have the same places to fill in.
CATALOGUE: dict[str, tuple[str, str]] = {
    # words for verdicts, roles and states
    "met": ("做到", "met"),
    "partly_met": ("部分做到", "partly met"),
    "not_met": ("未做到", "not met"),
    "unsure": ("无法判断", "unsure"),
    "not_applicable": ("不适用", "not applicable"),
    "agent": ("坐席", "agent"),
    "customer": ("客户", "customer"),
    "status_no_speech": ("没有人说话", "nobody speaks"),
    "status_one_party": ("只听到一方", "only one party is heard"),
    "status_too_short": ("说得太少", "too little is said"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "colon": ("：", ": "),
    "none": ("无", "none"),
    "unknown": ("未知", "unknown"),
    # on every page
    "made": ("由 callqa {version} 于 {when} 生成。", "Made by callqa {version} on {when}."),
    "private": (
        "内部资料：含个人工作评价，请勿转发。客户的电话、证件号、姓名等已遮盖。",
        "Internal: about people's work, not to be passed on. Customers' numbers and names are masked.",
    ),
    "contents": ("目录", "Contents"),
    "calls": ("通话", "Calls"),
    "num_calls": ("{n} 通", "{n} calls"),
    "period": ("时间", "Period"),
    "all_calls": ("全部已存通话", "all stored calls"),
    "from_to": ("{start} 至 {end}", "{start} to {end}"),
    "queue": ("队列", "Queue"),
    "queue_only": ("只含队列：{queue}", "queue {queue} only"),
    "score": ("得分", "Score"),
    "of_100": ("满分 100", "of 100"),
    "no_score": ("没有得分", "no score"),
    "judged": ("可判断", "Judged"),
    "judged_of": ("{share} 的评分项可以判断", "{share} of the rubric could be judged"),
    "agent_column": ("坐席", "Agent"),
    "time_column": ("时间", "Time"),
    "call_column": ("通话", "Call"),
    "file_column": ("文件", "File"),
    "notes_column": ("备注", "Notes"),
    "reason_column": ("说明", "Reason"),
    "hint_column": ("怎么办", "What to do"),
    "behaviour": ("行为", "Behaviour"),
    "criterion": ("评分项", "Criterion"),
    "verdict": ("判断", "Verdict"),
    "weight": ("权重", "Weight"),
    "quote": ("原话", "As heard"),
    "play": ("播放 {at}", "play {at}"),
    "listen_in_call": ("在录音 {at} 处", "at {at} in the recording"),
    # the call
    "call_title": ("通话评分单", "Scorecard of a call"),
    "recording": ("录音", "Recording"),
    "started": ("开始", "Started"),
    "length": ("时长", "Length"),
    "company": ("公司", "Company"),
    "language": ("语言", "Language"),
    "zh": ("中文", "Mandarin"),
    "en": ("英文", "English"),
    "roles": ("角色", "Roles"),
    "roles_certain": (
        "{speaker} 是坐席（{source}{confidence}）",
        "{speaker} is the agent ({source}{confidence})",
    ),
    "roles_uncertain": (
        "还不能确定谁是坐席。知道的人可以用 callqa roles {call} --agent 说话人 指定，通话随即重新评分。",
        "It is not certain who the agent is. Whoever knows can settle it with callqa roles {call} --agent "
        "SPEAKER; the call is then judged anew.",
    ),
    "roles_nobody": ("经人工确认：通话里没有坐席。", "A person settled it: nobody in the call is an agent."),
    "source_channel": ("按声道", "by channel"),
    "source_configured": ("按设置", "as configured"),
    "source_signs": ("按说话内容", "by what is said"),
    "source_person": ("人工指定", "settled by a person"),
    "confidence": ("，把握 {share}", ", {share} sure"),
    "capped": (
        "“{title}”出现严重问题，总分因此封顶。",
        "A critical fault in “{title}” caps the score.",
    ),
    "five_behaviours": ("五项服务行为", "The five behaviours"),
    "further": ("其他评分项", "Further criteria"),
    "evidence": ("依据", "Evidence"),
    "no_evidence": ("没有可以播放的片段。", "There is nothing to play."),
    "nothing_found_evidence": (
        "依据是整通通话：没有发现问题的地方，因此没有片段。",
        "The whole call is the evidence: nothing was found, so there is no span to play.",
    ),
    "critical": ("严重项", "critical"),
    "weight_words": ("权重 {weight}", "weight {weight}"),
    "advice": ("建议", "Advice"),
    "unsure_why": (
        "“无法判断”不是扣分：证据不足以下结论，这一项不计入总分。",
        "“Unsure” takes nothing off: the evidence does not carry a judgement, so the criterion is left out.",
    ),
    "not_applicable_why": (
        "这通通话里没有用到，不计入总分。",
        "It did not come up in this call and does not count.",
    ),
    "heard_badly": ("（听得不太清楚，把握 {share}）", "(not heard well, {share} sure)"),
    "measures_title": ("数据", "Figures"),
    "measure": ("指标", "Measure"),
    "value": ("数值", "Value"),
    "coverage_title": ("没有听清的部分", "What could not be heard"),
    "coverage_all": ("所有语音都有文字。", "All speech has words."),
    "coverage_some": (
        "有 {seconds} 秒语音（{share}）没有文字：{spans}。",
        "{seconds} s of speech ({share}) have no words: {spans}.",
    ),
    "coverage_low": (
        "超过 15 % 的语音没有文字：请把判断当作线索，而不是结论。",
        "More than 15 % of the speech has no words: take the verdicts as hints, not as findings.",
    ),
    "removed_some": (
        "{n} 处识别器凭空写出的文字已删去。",
        "{n} stretches of text that nobody said were removed.",
    ),
    "removed_one": ("1 处识别器凭空写出的文字已删去。", "1 stretch of text that nobody said was removed."),
    "transcript": ("对话", "Transcript"),
    "no_transcript": ("没有文字。", "There are no words."),
    "provenance": ("由来", "Provenance"),
    "rubric": ("评分标准", "Rubric"),
    "models": ("模型", "Models"),
    "settings_hash": ("设置", "Settings"),
    "analysed": ("分析时间", "Analysed"),
    "call_language": (
        "说明和原话用的是通话的语言。",
        "Reasons and quotes are in the language of the call.",
    ),
    "masked_note": (
        "方括号里是遮盖的个人信息，录音片段里相应位置是提示音。",
        "Words in brackets stand for personal data; a tone covers it in the sound.",
    ),
    "audio_gone": (
        "录音文件已不在原处，无法播放。",
        "The recording is no longer where it was and cannot be played.",
    ),
    "audio_changed": (
        "原处的文件不再是这通录音，无法播放。",
        "The file in its place is another one now; nothing can be played.",
    ),
    "audio_unreadable": (
        "录音文件读不出来，无法播放。",
        "The recording cannot be read; nothing can be played.",
    ),
    "audio_linked": (
        "播放的是原始录音，个人信息没有遮盖；只给有权听的人。",
        "This plays the original recording with personal data in it: only for those who may hear it.",
    ),
    "audio_cut": ("（片段在 {seconds} 秒处截断）", "(cut after {seconds} s)"),
    # figures
    "articulation_rate": ("语速（去停顿）", "Articulation rate"),
    "speaking_rate": ("语速（含停顿）", "Speaking rate"),
    "acoustic_rate": ("声学语速", "Acoustic rate"),
    "talk_share": ("坐席说话占比", "Agent's talk share"),
    "agent_interruptions": ("坐席打断次数", "Interruptions by the agent"),
    "customer_interruptions": ("客户打断次数", "Interruptions by the customer"),
    "customer_opening": ("客户开场陈述", "Customer's opening"),
    "longest_agent_monologue": ("坐席最长独白", "Longest monologue of the agent"),
    "response_latency": ("应答时间（中位）", "Response latency (median)"),
    "dead_air": ("双方沉默", "Dead air"),
    "courtesy": ("该用礼貌用语时用了", "Courtesy given where owed"),
    "you_forms": ("称“您”的比例", "Share of 您 among 您 and 你"),
    "forbidden_phrases": ("服务禁语", "Forbidden phrases"),
    "commands": ("命令口气", "Commands"),
    "impolite_utterances": ("不礼貌的话", "Impolite utterances"),
    "raised_voice": ("提高嗓门", "Raised voice"),
    "jargon": ("没有解释的术语", "Unexplained jargon"),
    "guessing": ("主观臆断", "Guessing phrases"),
    "privacy": ("隐私问题", "Privacy faults"),
    "unit_share": ("", ""),
    "unit_count": ("次", ""),
    "unit_events": ("次", ""),
    "unit_字/分": ("字/分", "characters/min"),
    "unit_words/min": ("词/分", "words/min"),
    "unit_syllables/min": ("音节/分", "syllables/min"),
    "unit_s": ("秒", "s"),
    "unit_seconds": ("秒", "s"),
    "unit_jargon_zh": ("处/百字", "per 100 syllables"),
    "unit_jargon_en": ("处/百词", "per 100 words"),
    "unit_per_10_min": ("次/客户每说 10 分钟", "per 10 min of customer speech"),
    "unit_per_100_calls": ("次/百通", "per 100 calls"),
    # the agent
    "agent_title": ("通话反馈", "Feedback on your calls"),
    "dear": ("{name}，您好", "Hello {name}"),
    "agent_intro": (
        "这是您的 {calls} 通通话（{period}）里听到的情况：先说做得好的，再说最值得练的一到三件事，"
        "每件都有您自己的片段。",
        "This is what was heard in your {calls} calls ({period}): first what goes well, then the one to "
        "three things most worth practising, each with moments of your own.",
    ),
    "agent_intro_plain": (
        "这是您的 {calls} 通通话（{period}）里听到的情况。",
        "This is what was heard in your {calls} calls ({period}).",
    ),
    "what_goes_well": ("做得好的", "What goes well"),
    "to_work_on": ("最值得练的", "What to work on"),
    "your_moments": ("您的片段，听一听", "Your own moments to listen to"),
    "your_good": ("您自己做得好的一次", "One of your own that went well"),
    "colleague": ("同事的例子", "A colleague's example"),
    "one_colleague": ("一位同事", "a colleague"),
    "say_instead": ("可以换一种说法", "What to say instead"),
    "you_said": ("原来的说法", "What was said"),
    "better": ("可以说", "Say"),
    "training": ("课程", "Training"),
    "minutes": ("{n} 分钟", "{n} min"),
    "why_this": ("为什么是这一项：", "Why this one: "),
    "how_sure_team": (
        "有把握：这样的差距由巧合造成的可能很小。",
        "Fairly certain: a gap like this is unlikely to be chance.",
    ),
    "levels_title": ("各项情况", "Where each behaviour stands"),
    "levels_note": (
        "“水平”是可判断的通话里做到的比例（部分做到算一部分），下面小字是 95 % 区间：通话越少，区间越宽。"
        "只与同一队列、同一语言的通话相比。",
        "“Level” is the share of judged calls where it was met (partly met counts in part), with its 95 % "
        "interval: the fewer calls, the wider. Compared only with calls of the same queue and language.",
    ),
    "level": ("水平", "Level"),
    "interval": ("95 % 区间", "95 % interval"),
    "interval_low": ("区间下限", "Interval from"),
    "interval_high": ("区间上限", "Interval to"),
    "judged_calls": ("可判断（通）", "Judged calls"),
    "others": ("团队其他人", "Everybody else"),
    "earlier": ("上一时段", "Period before"),
    "trend": ("走势", "Trend"),
    "trend_up": ("在上升", "rising"),
    "trend_down": ("在下降", "falling"),
    "trend_flat": ("没有明显变化", "no clear change"),
    "above": ("明显高于团队", "clearly above the team"),
    "below": ("明显低于团队", "clearly below the team"),
    "like_team": ("没有明显差别", "no clear difference"),
    "compared": ("与团队相比", "Against the team"),
    "figures": ("具体数据", "Figures"),
    "percentile": ("团队百分位", "Team percentile"),
    "mean_score": ("平均得分", "Mean score"),
    "scores_line": (
        "平均得分 {own}；全体 {team}。{share} 的评分项可以判断。",
        "Mean score {own}; all agents {team}. {share} of the rubric could be judged.",
    ),
    "mean_score_words": ("{mean}（{low}–{high}）", "{mean} ({low}–{high})"),
    "sessions": ("辅导", "Coaching"),
    "session_with": ("{title}，{coach}：{state}", "{title}, with {coach}: {state}"),
    "your_calls": ("您的通话", "Your calls"),
    "calls_cut": ("列出最近的 {n} 通，共 {all} 通。", "The latest {n} of {all} are listed."),
    "sure_title": ("这份反馈有多可靠", "How sure this is"),
    "sure_text": (
        "文字和判断由程序从录音得出，会听错，也会判断错；听不清的地方写“无法判断”，不算分。"
        "这里说的是通话里的做法，不是您这个人。",
        "Words and verdicts come from a program that listens to recordings; it can mishear and misjudge. "
        "What it cannot hear is called unsure and does not count. All this is about what was done in calls, "
        "not about you as a person.",
    ),
    "appeal_title": ("有不同意见？", "You see it differently?"),
    "appeal": (
        "请把通话编号和时间告诉您的班组长或质检员，会有人重新听，并改正判断。提出异议不会影响对您的评价。",
        "Tell your team leader or QA the call and the time: a person will listen again and correct the "
        "verdict. Objecting has no influence on how you are assessed.",
    ),
    # the team
    "team_title": ("团队报告", "Team report"),
    "agents": ("坐席", "Agents"),
    "num_agents": ("{n} 人", "{n} agents"),
    "roles_waiting": ("等待确定角色", "Roles waiting"),
    "not_scored_files": ("未能评分的文件", "Files not scored"),
    "unassigned": ("不知道是谁的通话", "Calls of nobody known"),
    "undated": ("没有时间的通话", "Calls without a time"),
    "heat_title": ("每人每项的水平", "Levels by agent and behaviour"),
    "heat_note": (
        "每格：水平，下面是 95 % 区间。▲ 明显高于、▼ 明显低于团队其他人（同队列同语言，已按比较次数校正）；"
        "没有标记就是没有明显差别。按工号排列，不是排名。",
        "Each cell: the level, below it the 95 % interval. ▲ clearly above, ▼ clearly below everybody else "
        "(same queue and language, corrected for the number of comparisons); no mark means no clear "
        "difference. In the order of staff numbers: this is no ranking.",
    ),
    "too_few": ("还差 {n} 通", "{n} more needed"),
    "too_few_note": (
        "少于 {min} 通的坐席不作比较、不给建议。",
        "Agents with fewer than {min} calls are neither compared nor advised.",
    ),
    "team_row": ("全体", "All"),
    "team_trend": ("团队走势", "Trend of the team"),
    "step_from": ("{day} 起", "from {day}"),
    "needs_title": ("谁需要哪门课", "Who needs which module"),
    "needs_none": ("目前没有人需要专门的课程。", "Nobody needs a module at present."),
    "module": ("课程", "Module"),
    "who": ("坐席", "Agents"),
    "classes": ("班数", "Classes"),
    "team_gaps": ("整个团队的差距", "Gaps of the whole team"),
    "others_fine": ("其余 {n} 人目前没有需要建议的。", "Nothing to advise for the other {n} at present."),
    "plan_title": ("每人现在最值得练的", "What matters most for each"),
    "due_title": ("待办的辅导", "Coaching that is due"),
    "waiting_title": ("等待处理", "Waiting"),
    "waiting_roles": (
        "{n} 通还不知道谁是坐席，没有评分：callqa roles 可逐一确定。",
        "{n} calls have no certain agent and no verdicts: callqa roles settles them one by one.",
    ),
    # the day
    "day_title": ("质检日报", "The day's calls"),
    "exceptions": ("先看这些", "Look at these first"),
    "no_exceptions": ("没有需要先看的通话。", "Nothing needs looking at first."),
    "rest": ("其余通话", "The other calls"),
    "no_rest": ("没有其余通话。", "There are no others."),
    "failures_title": ("未能评分的文件", "Files that could not be scored"),
    "failures_note": (
        "这些文件没有通话时间，因此列出的是现在仍未评分的全部文件。",
        "Such files have no call time: listed are all that are still not scored.",
    ),
    "failed_at": ("失败时间", "Failed at"),
    "ex_critical": ("严重问题", "Critical fault"),
    "ex_status": ("没有可评分的对话", "No conversation to score"),
    "ex_roles": ("角色待定", "Roles to settle"),
    "ex_coverage": ("没听清的太多", "Much could not be heard"),
    "ex_truncated": ("录音不完整", "Recording cut off"),
    "ex_judged": ("能判断的太少", "Little could be judged"),
    "ex_low": ("得分最低", "Lowest scores"),
    "ex_critical_note": (
        "总分已封顶，请人工听取确认。",
        "The score is capped; a person should listen and confirm.",
    ),
    "ex_status_note": ("检查录音设备或排除这些文件。", "Look after the recorder, or leave these files out."),
    "ex_roles_note": (
        "确定谁是坐席后会立即重新评分。",
        "They are judged as soon as it is settled who the agent is.",
    ),
    "ex_coverage_note": (
        "超过 15 % 的语音没有文字，判断只能参考。",
        "More than 15 % of the speech has no words; verdicts are hints.",
    ),
    "ex_truncated_note": (
        "只评了读得出的部分，请重新导出录音。",
        "Only what could be read was judged; export again.",
    ),
    "ex_judged_note": ("不到一半的评分项可以判断。", "Less than half of the rubric could be judged."),
    "ex_low_note": ("低于 {limit} 分。", "Below {limit} points."),
    "untranscribed": ("没有文字的语音", "Speech without words"),
    "mean": ("平均", "Mean"),
    "spread": ("最低–最高", "lowest–highest"),
    "scored_calls": ("有得分", "With a score"),
    "open_call": ("打开 {call}", "open {call}"),
    # sheets
    "sheet_score": ("评分", "Scorecard"),
    "sheet_evidence": ("依据", "Evidence"),
    "sheet_transcript": ("对话", "Transcript"),
    "sheet_measures": ("数据", "Measures"),
    "sheet_levels": ("水平", "Levels"),
    "sheet_trend": ("走势", "Trend"),
    "sheet_moments": ("片段", "Moments"),
    "sheet_calls": ("通话", "Calls"),
    "sheet_needs": ("课程", "Modules"),
    "sheet_exceptions": ("先看", "Exceptions"),
    "sheet_failures": ("未评分", "Not scored"),
    "start_s": ("开始（秒）", "Start (s)"),
    "end_s": ("结束（秒）", "End (s)"),
    "seconds": ("秒", "Seconds"),
    "speaker": ("说话人", "Speaker"),
    "role": ("角色", "Role"),
    "text": ("文字", "Text"),
    "unit": ("单位", "Unit"),
    "kind": ("类别", "Kind"),
    "day": ("日期", "Day"),
    "date_from": ("起始日", "From"),
    "probability": ("识别把握", "Recognition probability"),
    "kind_work_on": ("值得练", "to work on"),
    "kind_own_good": ("自己做得好的", "own good one"),
    "kind_example": ("同事的例子", "colleague's example"),
    "gap_points": ("差距（百分点）", "Gap (points)"),
    "p_value": ("校正后 p", "Corrected p"),
    "missing": ("还差通数", "Calls missing"),
    "unsure_calls": ("无法判断（通）", "Unsure (calls)"),
    "duration_s": ("时长（秒）", "Length (s)"),
}


@dataclass(frozen=True, slots=True)
class Texts:
    """The catalogue in one language (``zh`` or ``en``).

    >>> Texts("en")("num_calls", n=3), Texts("zh")("num_calls", n=3)
    ('3 calls', '3 通')
    """

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """A text, its places filled in. Raises `KeyError` where there is no such text."""
        text = CATALOGUE[key][LANGUAGES.index(self.language)]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in CATALOGUE
