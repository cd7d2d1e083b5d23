"""All SQL of the service, SQLAlchemy Core only. What differs between databases stays in `store.engine`."""
