"""What the command `customer-codes` starts.

The processes of an import begin with it too, and each would take 40 MB for what it imports at its head.
"""

import gc


def main() -> int:
    """Run one command; the exit code."""
    # Python looks for cycles of garbage while it makes modules, which hold none, and again among all that is
    # left at its end: together some 0.15 s.
    gc.disable()
    from customer_code_validator.cli import main as run

    gc.enable()
    try:
        return run()
    finally:
        gc.freeze()
