"""Backup and restore as docs/operations.md says: what was restored is read as staff read it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from hip.records.migration import check
from tests.scale.cluster import Cluster
from tests.scale.looking import find_record
from tests.scale.person import Person


def test_a_restored_backup_is_read(cluster: Cluster, person: Person, tmp_path: Path) -> None:
    person.answer_until(None)
    assert person.outcome
    reference = person.outcome["reference"]
    server, file = cluster.postgresql, tmp_path / "hip.dump"
    server.run("pg_dump", "--format=custom", f"--file={file}", "--dbname=postgres")
    server.run("createdb", "restored")
    try:
        server.run("pg_restore", "--dbname=restored", "--exit-on-error", "--no-owner", str(file))
        restored = dataclasses.replace(cluster.settings, database_url=server.url.replace("/postgres?", "/restored?"))
        assert restored.database_url != cluster.settings.database_url
        check(restored.database_url)
        assert find_record(restored, reference) == find_record(cluster.settings, reference)
        assert find_record(restored, reference).answers["age"] == 63
    finally:
        server.run("dropdb", "restored")
