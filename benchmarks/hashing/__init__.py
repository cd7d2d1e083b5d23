"""What a password costs from one start of Keycloak to the next, with our compiler option and without."""
