import { lookup } from 'node:dns/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { AppError, describeError } from '../../domain/errors.ts';
import type { HttpApp } from './app.ts';

export interface ListenAddress {
  /** Name or IP address; an IPv6 address without brackets. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface HttpServer {
  /** `http://host:port` as it really listens. */
  readonly url: string;
  /** Takes no new requests; open answers have that long to end. Idempotent. */
  close(graceMs: number): Promise<void>;
}

/** Connections that wait to be accepted. Whoever comes on top tries again after a second, however healthy the daemon is. */
const BACKLOG = 4_096;

/** @throws AppError `config.httpListen` when it cannot listen there */
export async function listen(app: HttpApp, address: ListenAddress): Promise<HttpServer> {
  let others: Server[];
  try {
    const [first, ...more] = await addressesOf(address);
    await app.listen({ ...first, backlog: BACKLOG });
    others = more.map((other) => alsoListen(app, other));
  } catch (error) {
    await app.close();
    throw cannotListen(address, error);
  }
  const { address: ip, family, port } = app.server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${ip}]` : ip}:${port}`,
    async close(graceMs) {
      for (const other of others) other.close();
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}

/** `localhost` is both addresses of the loopback. */
async function addressesOf({ host, port }: ListenAddress): Promise<[ListenAddress, ...ListenAddress[]]> {
  if (host !== 'localhost') return [{ host, port }];
  const [first, ...others] = await lookup(host, { all: true });
  const addressAt = (found = first) => ({ host: found?.address ?? host, port });
  return [addressAt(), ...others.map(addressAt)];
}

/**
 * Fastify would make a server of its own for each address, which its `server` does not know of: here one server has all
 * connections. An address that cannot be had is done without.
 */
function alsoListen(app: HttpApp, { host }: ListenAddress): Server {
  const { port } = app.server.address() as AddressInfo;
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    app.server.emit('connection', socket),
  )
    .on('error', () => undefined)
    .listen({ host, port, backlog: BACKLOG });
}

function cannotListen({ host, port }: ListenAddress, cause: unknown): AppError {
  const shown = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there (another listener of this kind?)',
    EACCES: 'this user may not listen there (ports below 1024 need rights)',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no such host',
  };
  const reason = reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? describeError(cause);
  return new AppError('config.httpListen', `HTTP cannot listen on ${shown}: ${reason}`, {
    advice: 'set http_listen to a free "host:port", or to null for no HTTP',
    cause,
  });
}
