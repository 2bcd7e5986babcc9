import { once } from 'node:events';
import net from 'node:net';

const END = '\r\n\r\n';

/** One keep-alive connection that has one request under way at a time. Reads only what a benchmark must know: the status. */
class HttpConnection {
  #socket;
  #received = '';
  #settle;

  constructor(port) {
    this.#socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.opened = once(this.#socket, 'connect');
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text) => this.#read(text));
    this.#socket.on('close', () => this.#settle?.reject(new Error('The server has closed a connection.')));
    this.#socket.on('error', (error) => this.#settle?.reject(error));
  }

  /** Sends a whole request as text, and answers the status. */
  send(text) {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(text, 'latin1');
    });
  }

  close() {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #read(text) {
    this.#received += text;
    const head = this.#received.indexOf(END);
    if (head < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1]);
    if (this.#received.length < head + END.length + length) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = '';
    this.#settle.resolve(status);
  }
}

/** So many keep-alive connections to a server on this machine: `put` sends JSON over one that is free. */
export const openConnections = async (port, size) => {
  const connections = Array.from({ length: size }, () => new HttpConnection(port));
  await Promise.all(connections.map(({ opened }) => opened));
  const free = [...connections];
  const put = async (path, body, wanted) => {
    const connection = free.pop();
    const head = `PUT ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`;
    const status = await connection.send(`${head}content-length: ${body.length}${END}${body}`);
    free.push(connection);
    if (status !== wanted) throw new Error(`${path} was answered by ${status}.`);
  };
  return { put, close: () => connections.forEach((connection) => connection.close()) };
};
