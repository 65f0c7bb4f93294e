import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A name server that knows one name, whose addresses can change, as Docker's does for the replicas of a service. */
export interface NameServer {
  /** The UDP port on which it answers. */
  readonly port: number;
  /** The IPv4 addresses of every name that is asked for. */
  addresses: readonly string[];
  close(): void;
}

/** Bytes of the header of a message: its id, flags and four counts. */
const HEADER_BYTES = 12;

/** Starts a name server on a free port of 127.0.0.1. */
export async function startNameServer(addresses: readonly string[]): Promise<NameServer> {
  const socket = createSocket('udp4');
  const server = {
    addresses,
    get port() {
      return socket.address().port;
    },
    close: () => void socket.close(),
  };
  socket.on('message', (message, { port, address }) => {
    const question = message.subarray(HEADER_BYTES, message.indexOf(0, HEADER_BYTES) + 5);
    const header = Buffer.from(message.subarray(0, HEADER_BYTES));
    // An answer without an error, to one question.
    header.writeUInt16BE(0x81_80, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(server.addresses.length, 6);
    header.fill(0, 8);
    // The name of the question, type A, class IN, good for a second, four bytes.
    const prefix = [0xc0, HEADER_BYTES, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4];
    const answers = server.addresses.map((own) => Buffer.from([...prefix, ...own.split('.').map(Number)]));
    socket.send(Buffer.concat([header, question, ...answers]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return server;
}
