# Stands in for python:slim: `python` and `pip` are in /usr/local, and nothing forbids pip to install there.
ARG DEBIAN
FROM ${DEBIAN}
RUN python3 -m venv /usr/local
