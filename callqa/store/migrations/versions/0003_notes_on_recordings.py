"""Lists of calls say what is wrong with a recording's file.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known to be wrong with files that were analysed before."""
    op.add_column("calls", sa.Column("truncated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("calls", sa.Column("recording_notes", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("calls") as table:
        table.drop_column("recording_notes")
        table.drop_column("truncated")
