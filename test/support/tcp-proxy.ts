import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Between a program and a server: a network that can be cut. */
export interface TcpProxy {
  readonly port: number;
  /** From now on nothing passes, and nobody is told: connections stay open, new ones are not answered. */
  cut(): void;
  /** What was held back goes on. */
  heal(): void;
  close(): void;
}

/** @param target the server's unix socket, or its port on this machine */
export async function startTcpProxy(target: string | number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    if (isCut) socket.pause();
    socket.on('data', (bytes) => {
      other.write(bytes);
      if (isCut) socket.pause();
    });
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.on('error', () => undefined);
  };
  const server = createServer((client) => {
    const behind = typeof target === 'string' ? connect(target) : connect(target, '127.0.0.1');
    keep(client, behind);
    keep(behind, client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    heal() {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
