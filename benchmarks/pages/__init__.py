"""Our pages beside those of Keycloak's own theme, on one server: time, weight, accessibility, Lighthouse."""
