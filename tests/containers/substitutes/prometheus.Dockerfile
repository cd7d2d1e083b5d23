# Stands in for prom/prometheus: the program, its data folder nobody's.
ARG DEBIAN
FROM ${DEBIAN}
RUN mkdir -p /prometheus && chown 65534:65534 /prometheus
VOLUME /prometheus
EXPOSE 9090
ENTRYPOINT ["/usr/bin/prometheus"]
