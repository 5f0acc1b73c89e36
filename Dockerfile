# One image for every process: api (default), worker, migrate. glibc, not musl: Temporal's core and sharp ship glibc binaries.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install script of a dependency runs, here or below.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY lib lib
COPY domain domain
COPY workflows workflows
COPY activities activities
COPY adapters adapters
COPY bootstrap bootstrap
COPY api api
COPY worker worker
COPY cli cli
COPY importer importer
COPY prices prices
COPY console console
COPY docs/guides docs/guides
COPY docs/errors.md docs/errors.md
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts \
  && chmod 755 node_modules/@ffmpeg-installer/*/ffmpeg

FROM node:22-bookworm-slim
# Fonts draw watermarks; certificates let Temporal's core speak TLS.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates fontconfig fonts-dejavu-core \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY bin bin
COPY LICENSE ./
USER node
EXPOSE 4000
CMD ["node", "dist/api/main.js"]
