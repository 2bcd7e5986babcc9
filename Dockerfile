ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY .swcrc nest-cli.json tsconfig.json ./
COPY apps apps
COPY libs libs
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 LARDER_HOME=/tmp/larder
WORKDIR /app
COPY package.json ./
COPY docker/initiate-replica-set.mjs docker/health-check.mjs docker/
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
EXPOSE 3000
# Node itself is process 1, not npm or a shell: it gets the SIGTERM that stops a container.
CMD ["node", "--enable-source-maps", "dist/apps/api/src/main.js"]
