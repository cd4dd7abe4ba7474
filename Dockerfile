# syntax=docker/dockerfile:1
# One image with both programs; docker-compose.yml starts it once for each Procfile line.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked -p edge -p workers \
    && install -D -t /out target/release/edge target/release/workers

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home asisttr \
    && install -d -o asisttr -g asisttr -m 700 /var/lib/asisttr/files
COPY --from=build /out/ /usr/local/bin/
USER asisttr
ENV ASISTTR_ENV=production FILES_DIR=/var/lib/asisttr/files LISTEN=0.0.0.0:4000
VOLUME /var/lib/asisttr/files
EXPOSE 4000
# Both programs stop on SIGTERM; a worker may take 30 s to finish or release its jobs.
STOPSIGNAL SIGTERM
CMD ["edge"]
