"""Rasa's conversations, one encrypted row each, in the place of Rasa's own table of events.

Rasa's table held what people typed in plain text. It is dropped with what is in it: nothing is in production, a chat
that is open during the upgrade begins anew, and results are in the records. The way back makes no such table: Rasa's
own store makes it when it needs it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

#: How Rasa's table is told from one of the same name that another program keeps here.
RASAS = {"id", "sender_id", "type_name", "timestamp", "intent_name", "action_name", "data"}


def upgrade() -> None:
    op.create_table(
        "tracker",
        sa.Column("conversation_hash", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("conversation_hash", name="pk_tracker"),
    )
    inspector = sa.inspect(op.get_bind())
    if inspector.has_table("events") and {column["name"] for column in inspector.get_columns("events")} == RASAS:
        op.drop_table("events")


def downgrade() -> None:
    op.drop_table("tracker")
