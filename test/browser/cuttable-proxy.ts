import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut: all connections break at once, and new ones are made as before. */
export class CuttableProxy implements AsyncDisposable {
  readonly origin: string;
  /** How often it was cut while a connection was open. */
  cuts = 0;
  readonly #proxy: Server;
  readonly #sockets: Set<Socket>;

  private constructor(proxy: Server, sockets: Set<Socket>) {
    this.#proxy = proxy;
    this.#sockets = sockets;
    this.origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  }

  static async open(target: string): Promise<CuttableProxy> {
    const { port, hostname } = new URL(target);
    const sockets = new Set<Socket>();
    const proxy = createServer((client) => {
      const server = connect(Number(port), hostname);
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        sockets.add(one);
        one.pipe(other);
        one.on('error', () => undefined);
        one.on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      }
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    return new CuttableProxy(proxy, sockets);
  }

  cut(): void {
    if (this.#sockets.size > 0) this.cuts++;
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#proxy.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#proxy, 'close');
  }
}
