"""The local mailbox: takes every mail by SMTP, keeps it as an .eml file, shows it on a small web page.

For one machine only: it delivers nothing and asks nobody who they are.
"""
