# Two images. The last one is the bot alone: without the local Discord and `greenlight demo`.
#
#   docker build --tag greenlight .
#   docker build --tag greenlight-demo --target demo .
FROM rust:1.95-bookworm AS source
WORKDIR /build
COPY . .

FROM source AS build
RUN cargo build --release --locked --no-default-features

# What the bot is built of is there already.
FROM build AS build-demo
RUN cargo build --release --locked

FROM debian:bookworm-slim AS base
RUN useradd --system --uid 10001 --home-dir /data greenlight \
    && install --directory --owner=greenlight --mode=0750 /data
COPY --from=source /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
USER 10001
WORKDIR /data

# To try everything, without an account. The local Discord answers its own machine alone, so:
#   docker run --rm --network host greenlight-demo
FROM base AS demo
COPY --from=build-demo /build/target/release/greenlight /usr/local/bin/
ENTRYPOINT ["greenlight"]
CMD ["demo"]

FROM base
COPY --from=build /build/target/release/greenlight /usr/local/bin/
# The default settings keep the database and the pictures in the folder that the bot is started in.
VOLUME /data
ENV GREENLIGHT_WATCH__LISTEN=127.0.0.1:9464
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep --quiet ' 200 OK' <&3"]
ENTRYPOINT ["greenlight"]
CMD ["run"]
