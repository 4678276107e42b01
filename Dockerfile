# One executable on an image without shell or package manager. Build: docker build -t rookery .
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci && npm run compile -- --outfile /out/rookery && mkdir /out/data

# Only glibc, certificates and time zones. The tag `nonroot` runs as 65532.
FROM gcr.io/distroless/base-debian12:nonroot
COPY --from=build --chown=0:0 --chmod=755 /out/rookery /usr/local/bin/rookery
COPY --from=build --chown=65532:65532 --chmod=700 /out/data /data
# Beyond loopback the server also needs ROOKERY_TRUSTED_PROXIES, or ROOKERY_TLS_CERT and ROOKERY_TLS_KEY; it says so when both miss.
ENV ROOKERY_DATA=/data/rookery \
    ROOKERY_HOST=0.0.0.0 \
    ROOKERY_PORT=8080 \
    ROOKERY_LOG_FORMAT=json
USER 65532:65532
# The embedded database, and the master key unless ROOKERY_MASTER_KEY is given. The root file system may be read-only.
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/usr/local/bin/rookery", "health"]
ENTRYPOINT ["/usr/local/bin/rookery"]
CMD ["serve"]
