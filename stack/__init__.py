"""Starts the real parts on one machine: Keycloak, the validator and a mailbox.

`python -m stack` (what `make run` calls), the tests and the benchmarks start servers through this package and
nothing else does. `stack.local.Stack` is its Python API.
"""
