"""Registrations per second with the customer code, against Keycloak's own registration in the same server."""
