# Stands in for axllent/mailpit: the mailbox of `make run`, on the same ports, with the same health command.
ARG PYTHON
FROM ${PYTHON}
COPY . /mailbox
RUN ln -s /mailbox/mailpit.sh /mailpit
ENV PYTHONPATH=/mailbox
EXPOSE 1025 8025
ENTRYPOINT ["/mailpit"]
CMD []
