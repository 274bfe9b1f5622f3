# The bot alone: without the local Discord and `greenlight demo`, which are for trying it out.
FROM rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
RUN cargo build --release --locked --no-default-features

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /data greenlight \
    && install --directory --owner=greenlight --mode=0750 /data
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /build/target/release/greenlight /usr/local/bin/
USER 10001
# The default settings keep the database and the pictures in the folder that the bot is started in.
WORKDIR /data
VOLUME /data
ENV GREENLIGHT_WATCH__LISTEN=127.0.0.1:9464
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep --quiet ' 200 OK' <&3"]
ENTRYPOINT ["greenlight"]
CMD ["run"]
