"""The statements: every sentence of the article, every row of the clinical rules, each used and with its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from hip.comparison import read_comparison
from hip.content import read_content
from hip.explanations import load_first_line, load_topics
from hip.statements import Statement, load_statements
from tests.article_runs import find_runs, hash_run
from tests.patient_texts import list_texts

STATEMENTS = load_statements()
ARTICLE = read_content("article.yml", "article")
EVIDENCE = read_content("evidence.yml", "evidence")["statements"]
SOURCES = read_content("rules.yml", "rules")["sources"]
RUNS = Path(__file__).parent / "article_runs.txt"

#: The rows of clinical rules, section 5, and of section 3.
ROWS = [
    "5: steroid, benefit",
    "5: steroid, trial",
    "5: steroid, function",
    "5: painkillers",
    "5: steroid, NHS",
    "5: hyaluronic acid",
    "5: hyaluronic acid, hip",
    "5: PRP, guidance",
    "5: PRP, cartilage",
    "5: guidance",
    "5: radiation",
    "5: no relief",
    "5: soreness",
    "5: serious harm",
    "5: onset",
    "5: aftercare",
    "5: driving",
    "5: flying",
    "5: price, insurance, parking, hours",
    "3: current_infection",
    "3: steroid_or_anaesthetic_allergy",
    "3: hip_replacement",
    "3: surgery_planned",
    "3: anticoagulant",
    "3: diabetes",
    "3: immunosuppressed",
    "3: recent_vaccine",
    "3: pregnant_or_breastfeeding",
    "3: recent injection",
    "3: three or more injections in a year",
    "3: blood pressure, mood",
    "3: bleeding disorder",
    "3: egg or bird protein allergy",
    "3: platelet or blood disorder, cancer under treatment",
    "3: normal scan, pain over 3 months",
]


def used_statements() -> set[str]:
    topics = [*load_topics().values(), load_first_line()]
    used = {statement.id for topic in topics for statement in topic.based_on}
    used |= {statement.id for topic in topics for remark in topic.remarks for statement in remark.based_on}
    return used | {statement.id for statement in read_comparison(STATEMENTS).based_on}


@pytest.mark.parametrize("section", ARTICLE["sections"], ids=lambda section: section["id"])
def test_every_sentence_of_the_article_is_a_statement_or_says_why_not(section: dict) -> None:
    covered = [n for each in ARTICLE["statements"] if each["section"] == section["id"] for n in each["sentences"]]
    left_out = [each["sentence"] for each in section.get("without_statement", ())]
    assert set(covered) & set(left_out) == set()
    assert {*covered, *left_out} == set(range(1, section["sentences"] + 1))


def test_every_section_of_the_article_is_used() -> None:
    headings = {section["heading"] for section in ARTICLE["sections"]}
    assert headings == {STATEMENTS[name].section for name in used_statements()} - {None}


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_clinical_rules_is_a_statement(row: str) -> None:
    assert row in [statement["row"] for statement in EVIDENCE]


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=lambda statement: statement.id)
def test_every_statement_is_used_or_says_why_not(statement: Statement) -> None:
    assert (statement.id in used_statements()) != bool(statement.unusable)


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=lambda statement: statement.id)
def test_every_statement_has_a_source(statement: Statement) -> None:
    assert statement.named
    if statement.section is None:
        (entry,) = [each for each in EVIDENCE if each["id"] == statement.id]
        assert bool(statement.sources) == (entry["basis"] == "S")
        assert [key for key in statement.sources if key not in SOURCES] == []
    else:
        assert statement.section in [section["heading"] for section in ARTICLE["sections"]]


def test_what_guidance_contradicts_is_never_said_without_it() -> None:
    """Each statement of the article that goes further than guidance is unusable or names the guidance beside it."""
    contradicted = {
        "article.steroid_fast": {"evidence.onset", "evidence.steroid_benefit"},
        "article.role": {"evidence.steroid_benefit"},
        "article.hyaluronic_use": {"evidence.hyaluronic_nice"},
        "article.hyaluronic_fluid": {"evidence.hyaluronic_nice"},
        "article.prp_use": {"evidence.prp_unsure", "evidence.prp_nice"},
        "article.soreness_week": {"evidence.soreness", "evidence.warning_signs"},
        "article.relief_varies": {"evidence.steroid_benefit"},
    }
    assert {name: set(STATEMENTS[name].pair_with) for name in contradicted} == contradicted
    unusable = {name.removeprefix("article.") for name, each in STATEMENTS.items() if each.section and each.unusable}
    assert {"no_return", "range_of_motion", "function", "painkillers", "hyaluronic_function"} <= unusable


def test_nothing_repeats_the_articles_own_sentences() -> None:
    """No seven words in a row are the article's: ``article_runs.txt`` holds its runs as hashes."""
    runs = frozenset(RUNS.read_text(encoding="ascii").split())
    copied = [f"{place}: {run}" for place, text in list_texts() for run in find_runs(text) if hash_run(run) in runs]
    assert copied == []
