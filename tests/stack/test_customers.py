"""Invented customers: valid, never twice the same."""

from __future__ import annotations

import itertools
from pathlib import Path

from stdnum.it import codicefiscale

from stack import customers
from stack.ready import sample_lines
from stack.settings import SAMPLE_CUSTOMERS


def test_invented_customers_have_valid_and_distinct_codes() -> None:
    made = list(itertools.islice(customers.fictitious(seed=7), 2000))
    assert all(codicefiscale.is_valid(customer.codice_fiscale) for customer in made)
    assert len({customer.codice_fiscale for customer in made}) == 2000
    assert len({customer.code for customer in made}) == 2000


def test_the_same_seed_gives_the_same_customers_and_another_one_others() -> None:
    first, again, other = (next(customers.fictitious(seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_written_customers_are_read_back(tmp_path: Path) -> None:
    made = list(itertools.islice(customers.fictitious(seed=3), 5))
    customers.write(tmp_path / "customers.csv", made)
    assert customers.read(tmp_path / "customers.csv") == made
    assert customers.read(tmp_path / "customers.csv", most=2) == made[:2]


def test_three_sample_customers_are_offered_with_code_and_codice_fiscale() -> None:
    lines = sample_lines(SAMPLE_CUSTOMERS)
    first = customers.read(SAMPLE_CUSTOMERS, most=1)[0]
    assert len(lines) == 4
    assert first.code in lines[1]
    assert first.codice_fiscale in lines[1]
