import type { AddressInfo } from 'node:net';
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

/** @throws AppError `config.httpListen` when it cannot listen there */
export async function listen(app: HttpApp, address: ListenAddress): Promise<HttpServer> {
  try {
    await app.listen(address);
  } catch (error) {
    await app.close();
    throw cannotListen(address, error);
  }
  const { address: ip, family, port } = app.server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${ip}]` : ip}:${port}`,
    async close(graceMs) {
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await app.close();
      clearTimeout(cut);
    },
  };
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
