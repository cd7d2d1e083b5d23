"""Commands of `customer-codes`, a file for each group."""
