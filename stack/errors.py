"""The one error that a user of `stack` is meant to read."""


class StackError(Exception):
    """What happened, where, and what to do about it, in one line; a log's tail may follow."""


class ProgramError(StackError):
    """A program that we have run did not do its work; its own last lines follow."""
