"""The tables and the file of results."""

from __future__ import annotations

from pathlib import Path

from evaluation.results import Section, in_rows, in_table, keep


def test_a_table_has_even_columns() -> None:
    assert in_table(("figure", "ours"), [("a", "99.0 %"), ("longer name", "1")]) == (
        "| figure      | ours   |\n| ----------- | ------ |\n| a           | 99.0 % |\n| longer name | 1      |"
    )


def test_fractions_are_rounded_and_counts_are_not() -> None:
    assert in_rows({"share": 0.98765, "count": 12345}).splitlines()[2:] == [
        "| share  | 0.9877 |",
        "| count  | 12345  |",
    ]


def test_a_section_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    keep(Section("Speed", "python -m fast", "1 ms"), file)
    keep(Section("Patients", "python -m patients", "50"), file)
    keep(Section("Speed", "python -m fast", "2 ms"), file)
    text = file.read_text("utf-8")
    assert text.startswith("# Results\n\nMade by `make evaluate`")
    assert text.endswith("\n\n## Speed\n\n`python -m fast`\n\n2 ms\n\n## Patients\n\n`python -m patients`\n\n50\n")
    assert text.count("# Results") == 1
    keep(Section("Speed", "python -m fast", "2 ms"), file)
    assert file.read_text("utf-8") == text
