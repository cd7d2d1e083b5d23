"""Unknown and taken codes: one answer, in one time. The benchmark says so of 2,000 tries; here are fewer."""

from __future__ import annotations

import itertools
import secrets
from functools import partial
from statistics import median

from benchmarks.codes.__main__ import parse, run
from benchmarks.codes.ways import Service
from benchmarks.separation import auc, interleaved
from benchmarks.taken import taken
from stack.customers import fictitious
from stack.local import Stack

TRIES = 150


def test_the_time_of_a_refusal_does_not_tell_a_taken_code_from_an_unknown_one(stack: Stack) -> None:
    customers = list(itertools.islice(fictitious(seed=secrets.randbelow(10_000)), TRIES))
    stack.import_customers(customers)
    service = Service(stack.validator.url, stack.credentials.validator_secret)
    held = [partial(service.try_code, one.code) for one in customers]
    unknown = [partial(service.try_code, f"{8_000_000_000 + number}") for number in range(TRIES)]
    with taken(stack, customers):
        times = interleaved(held, unknown)
    assert abs(median(times[0]) - median(times[1])) < 0.005
    # Of so few tries the AUC itself may stray by 0.03 either way, four times as far in one run of 15,000.
    assert auc(*times) < 0.64


def test_a_quick_run_of_the_benchmark_tries_both_ways(stack: Stack) -> None:
    lines = list(run(stack, parse(["--requests", "20", "--warm-up", "2"])))
    assert [line.split("  ")[0] for line in lines[2:]] == ["at the service", "on Keycloak’s page"]
