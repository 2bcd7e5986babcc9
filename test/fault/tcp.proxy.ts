import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What a proxy does with what passes through it. */
interface Treatment {
  /** Every connection is ended at once. */
  readonly refuses?: boolean;
  /** Nothing passes and nothing is refused. */
  readonly swallows?: boolean;
  /** What is answered arrives so much later. */
  readonly delayMs?: number;
  /** How many of the answers are lost together with their connection, from 0 to 1. */
  readonly losing?: number;
}

/** A way to a server on which connections can be cut, refused, slowed down or silenced. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private treatment: Treatment = {};
  private lost = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
    private readonly random: () => number,
  ) {}

  /** Opens a way to the server on port `target` of this machine. */
  static async to(target: number, random: () => number): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, target, random);
    server.on('connection', (client) => proxy.join(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many answers were lost so far. */
  get lostAnswers(): number {
    return this.lost;
  }

  /** From now on everything that passes is treated so. */
  treat(treatment: Treatment): void {
    this.treatment = treatment;
    if (treatment.refuses) this.cut();
  }

  /** From now on everything passes. What was silenced can not be told any more, so those connections end. */
  heal(): void {
    const { swallows } = this.treatment;
    this.treatment = {};
    if (swallows) this.cut();
  }

  /** Ends every connection. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    if (this.treatment.refuses) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.target, '127.0.0.1');
    const pair = [client, server] as const;
    this.pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay();
      // A broken end is told to the other by the end of its own connection.
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (bytes) => {
      if (!this.treatment.swallows) server.write(bytes);
    });
    const late: Late = { client, bytes: [], isDue: false };
    server.on('data', (bytes) => this.answer(late, server, bytes));
    client.on('close', () => server.destroy());
    server.on('close', () => {
      client.destroy();
      this.pairs.delete(pair);
    });
  }

  private answer(late: Late, server: Socket, bytes: Buffer): void {
    const { client } = late;
    const { swallows, delayMs = 0, losing = 0 } = this.treatment;
    if (swallows) return;
    if (losing > 0 && this.random() < losing) {
      this.lost += 1;
      client.resetAndDestroy();
      server.destroy();
    } else if (delayMs > 0 || late.bytes.length > 0) {
      // what comes after what is late is late too: nothing is overtaken
      late.bytes.push({ bytes, dueAt: performance.now() + delayMs });
      if (!late.isDue) deliver(late);
    } else client.write(bytes);
  }
}

/** What a client is to be told later, in order. */
interface Late {
  readonly client: Socket;
  readonly bytes: { readonly bytes: Buffer; readonly dueAt: number }[];
  isDue: boolean;
}

const deliver = (late: Late): void => {
  const [first] = late.bytes;
  late.isDue = first !== undefined;
  if (!first) return;
  setTimeout(
    () => {
      late.bytes.shift();
      if (late.client.writable) late.client.write(first.bytes);
      deliver(late);
    },
    Math.max(first.dueAt - performance.now(), 0),
  );
};
