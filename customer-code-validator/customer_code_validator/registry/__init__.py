"""The registry of customers: reading the co-op's export, checking each row, applying the difference.

Start at `importing`. `rows` decides about one row, `csvfile` reads, `store.registry` compares and writes.
"""
