import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a server of dumps does with one request; absent: as a good server does. */
interface Misbehaviour {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Hangs up after so many bytes of the body. */
  readonly bodyBytes?: number;
  /** Tells no length, and its end by hanging up, as HTTP/1.0 does. */
  readonly untold?: boolean;
  /** Waits between pieces, to be caught in the middle. */
  readonly pieceDelayMs?: number;
  /** Sends nothing more after about so many bytes, and does not hang up. */
  readonly stallsAt?: number;
}

export interface DumpServer {
  readonly url: string;
  /** Method, URL and headers of what was asked. */
  readonly requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[];
  body: Buffer;
  etag: string | null;
  lastModified: Date;
  /** Taken from the front, one a GET. */
  readonly misbehave: Misbehaviour[];
  /** The same for HEAD. */
  readonly misbehaveHead: Misbehaviour[];
  /** Paths that exist. */
  readonly paths: Set<string>;
}

const PIECE_BYTES = 64 * 1024;

/** A server that knows HEAD, ranges and validators, and can be told to fail. */
export async function startDumpServer(body: Buffer): Promise<DumpServer> {
  const http = createServer((request, response) => void answer(request, response));
  const server: DumpServer = {
    url: '',
    requests: [],
    body,
    etag: '"one"',
    lastModified: new Date('2026-11-20T04:30:00Z'),
    misbehave: [],
    misbehaveHead: [],
    paths: new Set(['/galaxy_stations.json.gz']),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '', headers } = request;
    server.requests.push({ method, url, headers });
    const fault = (method === 'HEAD' ? server.misbehaveHead : server.misbehave).shift() ?? {};
    const { etag, lastModified } = server;
    if (fault.status !== undefined || !server.paths.has(url)) {
      response.writeHead(fault.status ?? 404, fault.headers).end();
      return;
    }
    const [, from = '0'] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
    // Headers that are told falsely belong to a server that looks at no condition.
    const holds =
      fault.headers !== undefined || [etag, lastModified.toUTCString()].includes(String(headers['if-range']));
    const start = headers.range !== undefined && holds ? Number(from) : 0;
    const rest = server.body.subarray(start);
    if (fault.untold === true) response.useChunkedEncodingByDefault = false;
    response.writeHead(start > 0 ? 206 : 200, {
      ...(fault.untold !== true && { 'content-length': rest.length }),
      'last-modified': lastModified.toUTCString(),
      ...(etag !== null && { etag }),
      ...(start > 0 && { 'content-range': `bytes ${start}-${server.body.length - 1}/${server.body.length}` }),
      ...fault.headers,
    });
    if (method === 'HEAD') return void response.end();
    const sent = rest.subarray(0, fault.bodyBytes ?? rest.length);
    for (let at = 0; at < sent.length; at += PIECE_BYTES) {
      if (response.destroyed || at >= (fault.stallsAt ?? Infinity)) return;
      response.write(sent.subarray(at, at + PIECE_BYTES));
      await new Promise((resolve) => setTimeout(resolve, fault.pieceDelayMs ?? 0));
    }
    if (sent.length < rest.length && fault.untold !== true) response.socket?.destroySoon();
    else response.end();
  }

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return Object.assign(server, { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
}
