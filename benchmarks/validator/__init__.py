"""The validator's reserve and claim, against a bare Flask route with one SQL statement on the same store."""
