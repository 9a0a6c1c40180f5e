"""The four tables: assessment, answer, rule_fired, handover."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_hash", sa.String(64), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("respondent", sa.String(32)),
        sa.Column("care_level", sa.String(64)),
        sa.Column("rules_version", sa.String(64), nullable=False),
        sa.Column("content_version", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
        sa.CheckConstraint("status in ('open', 'finished', 'declined', 'stopped')", name=op.f("ck_assessment_status")),
        sa.CheckConstraint("(status = 'open') = (ended_at is null)", name=op.f("ck_assessment_ended_at")),
        sa.CheckConstraint("(status = 'finished') = (care_level is not null)", name=op.f("ck_assessment_care_level")),
    )
    op.create_index(
        "uq_assessment_conversation_hash_sequence", "assessment", ["conversation_hash", "sequence"], unique=True
    )
    _create_partial_index("uq_assessment_open", "assessment", ["conversation_hash"], "status = 'open'")

    op.create_table(
        "answer",
        sa.Column("assessment_id", sa.String(36), nullable=False),
        sa.Column("fact_id", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("question_id", sa.String(64)),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT),
        sa.PrimaryKeyConstraint("assessment_id", "fact_id", "revision", name="pk_answer"),
        _belongs_to_assessment("answer"),
    )
    _create_partial_index("uq_answer_latest", "answer", ["assessment_id", "fact_id"], "superseded_at is null")

    op.create_table(
        "rule_fired",
        sa.Column("assessment_id", sa.String(36), nullable=False),
        sa.Column("rule_id", sa.String(64), nullable=False),
        sa.Column("level", sa.String(64), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", "rule_id", name="pk_rule_fired"),
        _belongs_to_assessment("rule_fired"),
    )

    op.create_table(
        "handover",
        sa.Column("assessment_id", sa.String(36), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("services", sa.JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_handover"),
        _belongs_to_assessment("handover"),
    )
    op.create_index("uq_handover_reference", "handover", ["reference"], unique=True)


def downgrade() -> None:
    for table in ("handover", "rule_fired", "answer", "assessment"):
        op.drop_table(table)


def _belongs_to_assessment(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_assessment_id_assessment"
    return sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=name, ondelete="CASCADE")


def _create_partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where: Any = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)
