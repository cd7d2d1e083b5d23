"""The customer-code service: which customer code belongs to which account, decided in one place.

Start reading at `claims` (the life of a code), then `rules` (pure decisions) and `store` (all SQL).
The web application is `app.create_app`, the command line is `cli.main`.
"""
