# The realm as one image: `provisioning` with the realm-config/ of the same commit. From the repository's root:
#   docker build -f kubernetes/provisioning.Dockerfile --build-arg VALIDATOR_IMAGE=… -t customer-identity-provisioning .
ARG VALIDATOR_IMAGE=customer-identity-validator
FROM ${VALIDATOR_IMAGE}
COPY realm-config /realm-config
HEALTHCHECK NONE
ENTRYPOINT ["provisioning"]
CMD ["apply", "--config", "/realm-config", "--environment", "production"]
