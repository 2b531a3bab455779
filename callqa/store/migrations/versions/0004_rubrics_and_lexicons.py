"""Rubrics and lexicons are kept as they were, so that every scorecard can be read with its own.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of calls judged before it is not known with which text; they are measured whole next time."""
    op.create_table(
        "rubrics",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("rubric_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("added_at", sa.String(), nullable=False),
    )
    op.create_index("ix_rubrics_rubric_id_version", "rubrics", ["rubric_id", "version"])
    op.create_table(
        "lexicon_sets",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.String(), nullable=False),
    )
    op.add_column("calls", sa.Column("rubric_digest", sa.String(), nullable=True))
    op.add_column("calls", sa.Column("lexicons_digest", sa.String(), nullable=True))
    op.add_column("calls", sa.Column("measures_key", sa.String(), nullable=True))


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("calls") as table:
        table.drop_column("measures_key")
        table.drop_column("lexicons_digest")
        table.drop_column("rubric_digest")
    op.drop_table("lexicon_sets")
    op.drop_table("rubrics")
