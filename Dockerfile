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
ENTRYPOINT ["greenlight"]
CMD ["run"]
