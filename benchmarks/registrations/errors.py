"""What makes a benchmark's figures worthless."""


class BenchmarkError(Exception):
    """A registration did not end as it should; its figures would mean nothing."""
