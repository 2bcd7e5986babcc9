import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { HttpStatus } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Settings } from '@larder/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tooLong } from './known.routes.js';
import { ProblemError } from './problem.error.js';
import { problemOf } from './problem.js';

const PROBLEM_JSON = 'application/problem+json; charset=utf-8';
const LARGEST_BODY_BYTES = 1_048_576;
const LONGEST_PARAMETER = 8_192;
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
const LOOK_AT_CONNECTIONS_EVERY_MS = 1_000;

/** Fastify with Larder's bounds: body 1 MiB, headers within 10 s, a request within 30 s, forwarded addresses from trusted proxies alone. */
export const createAdapter = ({ TRUSTED_PROXIES }: Pick<Settings, 'TRUSTED_PROXIES'>): FastifyAdapter =>
  new FastifyAdapter({
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: LARGEST_BODY_BYTES,
    trustProxy: trusted(TRUSTED_PROXIES),
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    requestTimeout: REQUEST_WITHIN_MS,
    http: { headersTimeout: HEADERS_WITHIN_MS, connectionsCheckingInterval: LOOK_AT_CONNECTIONS_EVERY_MS },
    // What still arrives on an open connection while we close is answered, with `Connection: close`, not refused.
    return503OnClosing: false,
    frameworkErrors: refuseUrl,
    clientErrorHandler: refuseBytes,
  });

// Fastify trusts nobody when it is given a number, so hops are counted here; the peer itself is hop 0.
const trusted = (
  proxies: Settings['TRUSTED_PROXIES'],
): false | string[] | ((address: string, hop: number) => boolean) => {
  if (typeof proxies === 'number') return (_address, hop) => hop < proxies;
  return proxies.length > 0 && proxies;
};

// The router refuses these before any hook or filter runs.
const refuseUrl = (
  { code }: { code: string },
  request: Pick<FastifyRequest, 'id'>,
  reply: Pick<FastifyReply, 'raw'>,
): void => {
  const error =
    code === 'FST_ERR_MAX_PARAM_LENGTH' ? tooLong() : new ProblemError(HttpStatus.BAD_REQUEST, 'The URL is not valid.');
  const { body, headers } = problemOf(error, request.id);
  const text = JSON.stringify(body);
  reply.raw.writeHead(body.status, {
    'content-type': PROBLEM_JSON,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  });
  reply.raw.end(text);
};

const REFUSED_BYTES: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [HttpStatus.REQUEST_TIMEOUT, 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
};

// Node could not read these bytes as HTTP, so there is no request and no reply, only a socket.
const refuseBytes = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, detail] = REFUSED_BYTES[error.code ?? ''] ?? [
    HttpStatus.BAD_REQUEST,
    'The request is not valid HTTP.',
  ];
  const { body } = problemOf(new ProblemError(status, detail), randomUUID());
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${body.title}`,
    `Content-Type: ${PROBLEM_JSON}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
};
