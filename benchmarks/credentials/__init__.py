"""Whether the time of an answer tells who has an account: forgotten credentials, known against unknown."""
