"""The registry of customers: reading the co-op's export, checking each row, applying the difference.

Start at `importing`. `rows` decides about one row, `csvfile` and `parquetfile` read,
`store.registry` compares and writes.
"""
