"""What the command `customer-codes` starts.

The processes of an import begin with it too, and each would take 40 MB for what it imports at its head.
"""


def main() -> int:
    """Run one command; the exit code."""
    from customer_code_validator.cli import main as run

    return run()
