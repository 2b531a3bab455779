"""Bounds on decoding."""

from __future__ import annotations

from callqa.transcript.recogniser import MAX_PIECE, MAX_POSITIONS, MAX_PROMPT_TOKENS, longest_output


def test_fast_speech_fits() -> None:
    # Nine syllables a second and up to two tokens a character are hardly ever reached together.
    assert longest_output(10, 5.0) >= 10 + 5 * 9


def test_a_loop_in_a_long_piece_ends_before_the_decoder_runs_out_of_positions() -> None:
    assert longest_output(MAX_PROMPT_TOKENS, MAX_PIECE) == MAX_POSITIONS
