"""Voices of agents can be kept, encrypted, where the setting allows it.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No voice is known of calls that were analysed before."""
    op.create_table(
        "voices",
        sa.Column("call_id", sa.String(), sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("speaker", sa.String(), primary_key=True),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("teaches", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.String(), nullable=False),
    )
    op.create_index("ix_voices_agent_id", "voices", ["agent_id"])


def downgrade() -> None:
    """Delete them."""
    op.drop_table("voices")
