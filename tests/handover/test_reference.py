"""Reference codes: every slip of one character or of two neighbours is found."""

import itertools
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hip.handover.reference import ALPHABET, check_value, is_valid_reference, new_reference, parse_reference

SAMPLES = [new_reference(random.Random(seed).choice) for seed in range(200)]
CODES = [sample.removeprefix("HIP-").replace("-", "") for sample in SAMPLES]


@pytest.mark.parametrize(
    ("digits", "value"),
    [
        ("079", 10),  # the standard's example in its implementations: 079X
        ("000000021825009", 7),  # ORCID 0000-0002-1825-0097
        ("000000015109370", 0),  # ORCID 0000-0001-5109-3700
        ("000000021694233", 10),  # ORCID 0000-0002-1694-233X
    ],
)
def test_the_check_value_is_that_of_iso_7064(digits: str, value: int) -> None:
    assert check_value(map(int, digits), 11) == value


def test_the_alphabet_has_a_prime_number_of_characters_that_look_unlike() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 23
    for alike in ("0O", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert sum(char in ALPHABET for char in alike) <= 1, alike
    assert not set("AEIOU") & set(ALPHABET)


def test_a_new_reference_is_drawn_from_the_whole_alphabet_and_valid() -> None:
    drawn = [new_reference() for _ in range(2000)]
    assert len(set(drawn)) == len(drawn)
    for position in (4, 5, 6, 7, 9, 10, 11, 12):
        assert {code[position] for code in drawn} == set(ALPHABET)
    assert all(parse_reference(code) == code for code in drawn)


def test_every_single_wrong_character_is_found() -> None:
    for code in CODES:
        for position in range(len(code)):
            for wrong in set(string.ascii_uppercase + string.digits) - {code[position]}:
                mistyped = code[:position] + wrong + code[position + 1 :]
                assert not is_valid_reference(mistyped), f"{mistyped} for {code}"


def test_every_swap_of_two_neighbours_is_found() -> None:
    for code in CODES:
        for position in range(len(code) - 1):
            left, right = code[position : position + 2]
            swapped = code[:position] + right + left + code[position + 2 :]
            assert is_valid_reference(swapped) == (left == right), f"{swapped} for {code}"


def test_every_pair_of_neighbours_is_told_from_its_swap_at_every_place() -> None:
    """The check is a sum over places, so this covers all codes and not only the samples."""
    for place, (left, right) in itertools.product(range(7), itertools.permutations(range(23), 2)):
        rest = [0] * 8
        said, swapped = list(rest), list(rest)
        said[place : place + 2] = [left, right]
        swapped[place : place + 2] = [right, left]
        # a full code is valid when its own check value, weighted like the rest, sums to 1
        assert check_value(said, 23) != check_value(swapped, 23)


def test_a_lost_or_doubled_character_is_found() -> None:
    for code in CODES:
        for position in range(len(code)):
            assert not is_valid_reference(code[:position] + code[position + 1 :])
            assert not is_valid_reference(code[:position] + code[position] + code[position:])


@pytest.mark.parametrize("sample", SAMPLES[:5])
def test_a_reference_may_be_typed_in_any_case_and_spacing(sample: str) -> None:
    bare = sample.removeprefix("HIP-")
    for typed in (
        sample.lower(),
        f"  {sample} ",
        bare,
        bare.replace("-", ""),
        sample.replace("-", ""),
        sample.replace("-", " "),
        sample.replace("-", "–"),
        " ".join(sample.replace("-", "").lower()),
        f"{sample}.",
    ):
        assert parse_reference(typed) == sample, typed


@pytest.mark.parametrize(
    "text", ["", "HIP-", "HIP", "hello", "HIP-0000-0000", "XYZ-7K3D-9FQX", "ß" * 8, "२" * 8, "\0" * 8]
)
def test_other_texts_are_not_references(text: str) -> None:
    assert parse_reference(text) is None


@pytest.mark.parametrize("wrong", ["HPI", "IHP", "HIB", "H1P", "NIP"])
def test_a_wrong_prefix_is_found(wrong: str) -> None:
    assert not is_valid_reference(wrong + SAMPLES[0].removeprefix("HIP"))


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    code = parse_reference(text)
    assert code is None or parse_reference(code) == code
