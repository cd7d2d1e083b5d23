"""Accounts and codes compared over a whole base."""
