"""The staff page's five tables, and two columns by which it is seen how far an assessment came."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "staff_user",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_user"),
    )
    op.create_index("ix_staff_user_name", "staff_user", ["name"], unique=True)

    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_session"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name="fk_staff_session_user_id_staff_user", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_staff_session_user_id", "staff_session", ["user_id"])

    op.create_table(
        "staff_audit",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_name", sa.String(64), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("assessment_id", sa.String(36)),
        sa.PrimaryKeyConstraint("id", name="pk_staff_audit"),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name="fk_staff_audit_assessment_id_assessment", ondelete="SET NULL"
        ),
    )
    for column in ("at", "user_name", "assessment_id"):
        op.create_index(f"ix_staff_audit_{column}", "staff_audit", [column])

    op.create_table(
        "follow_up",
        sa.Column("assessment_id", sa.String(36), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_follow_up"),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name="fk_follow_up_assessment_id_assessment", ondelete="CASCADE"
        ),
        sa.CheckConstraint("status in ('new', 'contacted', 'booked', 'closed')", name=op.f("ck_follow_up_status")),
    )
    op.create_index("ix_follow_up_status", "follow_up", ["status"])

    op.create_table(
        "tally",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "key", name="pk_tally"),
    )

    # Not in batch mode: SQLite can add a column in place, and a rebuilt table would take every row below with it.
    op.add_column("assessment", sa.Column("open_question", sa.String(64)))
    op.add_column("assessment", sa.Column("screened_at", MOMENT))


def downgrade() -> None:
    op.drop_column("assessment", "screened_at")
    op.drop_column("assessment", "open_question")
    for table in ("tally", "follow_up", "staff_audit", "staff_session", "staff_user"):
        op.drop_table(table)
