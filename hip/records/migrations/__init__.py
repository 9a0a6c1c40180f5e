"""Alembic's scripts for the records, run by ``hip.records.migration`` only."""
