"""Importing the customers' registry against a plain COPY of the same file."""
