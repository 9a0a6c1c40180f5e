"""The gateway's five tables: chat_session, chat_turn, chat_message, callback, link_use."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "chat_session",
        sa.Column("conversation_hash", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("conversation_hash", name="pk_chat_session"),
    )
    op.create_index("ix_chat_session_last_used_at", "chat_session", ["last_used_at"])

    op.create_table(
        "chat_turn",
        sa.Column("conversation_hash", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_hash", "number", name="pk_chat_turn"),
        sa.CheckConstraint("state in ('open', 'answered', 'failed')", name=op.f("ck_chat_turn_state")),
        _belongs_to_session("chat_turn"),
    )
    op.create_index("uq_chat_turn_client_id", "chat_turn", ["conversation_hash", "client_id"], unique=True)

    op.create_table(
        "chat_message",
        sa.Column("conversation_hash", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("from_person", sa.Boolean, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_hash", "position", name="pk_chat_message"),
        _belongs_to_session("chat_message"),
    )

    op.create_table(
        "callback",
        sa.Column("conversation_hash", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("consent_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_hash", name="pk_callback"),
        _belongs_to_session("callback"),
    )
    op.create_index("ix_callback_reference", "callback", ["reference"])

    op.create_table(
        "link_use",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("assessment_id", sa.String(36), nullable=False),
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_link_use"),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name="fk_link_use_assessment_id_assessment", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_link_use_assessment_id", "link_use", ["assessment_id"])


def downgrade() -> None:
    for table in ("link_use", "callback", "chat_message", "chat_turn", "chat_session"):
        op.drop_table(table)


def _belongs_to_session(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conversation_hash"],
        ["chat_session.conversation_hash"],
        name=f"fk_{table}_conversation_hash_chat_session",
        ondelete="CASCADE",
    )
