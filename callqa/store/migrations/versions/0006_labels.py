"""Verdicts that people gave are kept, with how the calls they heard were drawn.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "label_sheets",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("chances", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_sheets")),
    )
    op.create_table(
        "labels",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("labeller", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sheet_id", sa.String(), nullable=True),
        sa.Column("saved_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_labels_call_id_calls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["label_sheets.id"], name=op.f("fk_labels_sheet_id_label_sheets")
        ),
        sa.PrimaryKeyConstraint("call_id", "criterion", "labeller", name=op.f("pk_labels")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("labels")
    op.drop_table("label_sheets")
