"""The machine's verdicts beside people's: sheets to fill in, agreement, and what it suggests."""
