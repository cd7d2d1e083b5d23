# Stands in for axllent/mailpit: the mailbox of `make run`, on the same ports, with the same health command.
ARG VALIDATOR
FROM ${VALIDATOR}
COPY mailpit.sh /mailpit
EXPOSE 1025 8025
ENTRYPOINT ["/mailpit"]
CMD []
