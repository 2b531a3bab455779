"""Each call keeps the settings and the rubric it was judged with.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Calls judged before count as judged with the defaults."""
    op.add_column("calls", sa.Column("settings", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("calls", sa.Column("rubric", sa.String(), nullable=True))


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("calls") as table:
        table.drop_column("rubric")
        table.drop_column("settings")
