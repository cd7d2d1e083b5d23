# Stands in for quay.io/keycloak/keycloak: the same distribution, the same user, the same entry point.
ARG DEBIAN
FROM ${DEBIAN}
COPY --chown=1000:0 . /opt/keycloak
RUN echo 'keycloak:x:1000:0:keycloak:/opt/keycloak:/usr/sbin/nologin' >>/etc/passwd && chmod -R g+rwX /opt/keycloak
ENV KC_RUN_IN_CONTAINER=true
USER 1000
EXPOSE 8080 8443 9000
ENTRYPOINT ["/opt/keycloak/bin/kc.sh"]
