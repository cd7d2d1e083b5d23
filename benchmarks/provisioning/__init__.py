"""Realm as code against Keycloak's own ways of the same work: times as ratios of one run, calls counted."""
