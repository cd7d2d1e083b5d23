"""Realm as code for Keycloak: declared files in, the fewest possible admin calls out."""
