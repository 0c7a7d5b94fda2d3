# One image for the app and for the media program; compose starts it twice with different commands.

FROM node:24-bookworm AS build
WORKDIR /opt/parley
RUN apt-get update && apt-get install -y --no-install-recommends \
      g++ cmake ninja-build pkg-config libuv1-dev libssl-dev libsrtp2-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler \
    && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN cp "$(node scripts/worker.mjs)" /opt/mediasoup-worker && node scripts/build-web.mjs && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates curl espeak-ng ffmpeg libabsl20220623 libsrtp2-1 libssl3 libuv1 tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 parley \
    && install -d -o parley -g parley /var/lib/parley /var/lib/parley/recordings
WORKDIR /opt/parley
COPY --from=build /opt/mediasoup-worker /usr/local/bin/mediasoup-worker
COPY --from=build /opt/parley/package.json ./
COPY --from=build /opt/parley/node_modules node_modules
COPY --from=build /opt/parley/dist dist
COPY --from=build /opt/parley/src src
COPY --from=build /opt/parley/ivr-flows ivr-flows
COPY --from=build /opt/parley/sip-config sip-config
ENV MEDIASOUP_WORKER_BIN=/usr/local/bin/mediasoup-worker \
    PARLEY_DATA_DIR=/var/lib/parley \
    PARLEY_RECORDINGS_DIR=/var/lib/parley/recordings
USER parley
ENTRYPOINT ["tini", "--"]
CMD ["node", "src/main.ts"]
