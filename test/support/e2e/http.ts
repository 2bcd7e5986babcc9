import { Agent, type IncomingMessage, request } from 'node:http';
import type { Answer, Sent } from '../api.js';

const MOST_SOCKETS = 128;

const agents = new Set<Agent>();

/** Connections that are kept open between requests until `closeConnections`. */
export const anAgent = (): Agent => {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS });
  agents.add(agent);
  return agent;
};

/** Closes the connections of every agent made here. */
export const closeConnections = (): void => {
  for (const agent of agents) agent.destroy();
  agents.clear();
};

/** Sends a request such as `GET /v1/products/a` to `origin` over a socket, the address byte for byte as it is written here. */
export const sendTo = async (
  origin: string,
  line: string,
  { body, headers = {} }: Sent = {},
  agent?: Agent,
): Promise<Answer> => {
  const { hostname, port } = new URL(origin);
  const [method = '', path = ''] = line.split(' ');
  const payload = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body;
  const own = {
    ...(payload !== undefined && payload !== body && { 'content-type': 'application/json' }),
    ...(payload !== undefined && { 'content-length': String(Buffer.byteLength(payload)) }),
    ...headers,
  };
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ hostname, port, method, path, headers: own, agent }, resolve).on('error', reject).end(payload);
  });
  return answerOf(message);
};

const answerOf = async (message: IncomingMessage): Promise<Answer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const isJson = /json/.test(String(message.headers['content-type'])) && text !== '';
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : undefined,
    text,
  };
};
