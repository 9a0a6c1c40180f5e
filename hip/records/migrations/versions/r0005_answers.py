"""Answers are encrypted: the column holds what ``hip.records.encryption`` makes of a value's JSON."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from alembic.util import CommandError

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
KEY = ("assessment_id", "fact_id", "revision")
BATCH = 1000


def upgrade() -> None:
    _change_type(sa.JSON(), sa.Text())
    _rewrite(lambda vault, stored: vault.encrypt(json.loads(stored)))


def downgrade() -> None:
    _rewrite(lambda vault, stored: json.dumps(vault.decrypt(stored)))
    _change_type(sa.Text(), sa.JSON())


def _change_type(before: Any, after: Any) -> None:
    if op.get_bind().dialect.name == "postgresql":
        using = f"value::{'text' if isinstance(after, sa.Text) else 'json'}"
        op.alter_column("answer", "value", existing_type=before, type_=after, postgresql_using=using)
        return
    # SQLite changes no column in place, and Alembic's way round that forgets the condition of the index.
    op.drop_index("uq_answer_latest", "answer")
    op.rename_table("answer", "answer_before")
    op.create_table(
        "answer",
        sa.Column("assessment_id", sa.String(36), nullable=False),
        sa.Column("fact_id", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("value", after, nullable=False),
        sa.Column("question_id", sa.String(64)),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT),
        sa.PrimaryKeyConstraint(*KEY, name="pk_answer"),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name="fk_answer_assessment_id_assessment", ondelete="CASCADE"
        ),
    )
    columns = "assessment_id, fact_id, revision, value, question_id, recorded_at, superseded_at"
    op.execute(sa.text(f"INSERT INTO answer ({columns}) SELECT {columns} FROM answer_before"))
    op.drop_table("answer_before")
    where: Any = sa.text("superseded_at is null")
    op.create_index("uq_answer_latest", "answer", ["assessment_id", "fact_id"], unique=True, sqlite_where=where)


def _rewrite(change: Callable[[Any, str], str]) -> None:
    """Rewrite every value, in the order of the key; a database without answers needs no key."""
    connection = op.get_bind()
    answer = sa.table("answer", *(sa.column(name) for name in (*KEY, "value")))
    key = [answer.c[name] for name in KEY]
    wanted = sa.select(*key, answer.c.value).order_by(*key).limit(BATCH)
    rows = connection.execute(wanted).all()
    vault = _vault() if rows else None
    while rows:
        for *mine, stored in rows:
            same = sa.and_(*(part == value for part, value in zip(key, mine, strict=True)))
            connection.execute(sa.update(answer).where(same).values(value=change(vault, stored)))
        after = sa.tuple_(*key) > sa.tuple_(*rows[-1][:-1])
        rows = connection.execute(wanted.where(after)).all()


def _vault() -> Any:
    provide = context.config.attributes.get("vault")
    if provide is None:
        raise CommandError("revision 0005 encrypts the answers that there are, so it needs the keys of DATA_KEYS")
    return provide()
