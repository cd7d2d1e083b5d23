"""The one error that a user of `stack` is meant to read."""


class StackError(Exception):
    """What happened, where, and what to do about it, in one line; a log's tail may follow."""
