import { lstatSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { AppError, describeError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports/log.ts';
import { answer, failure, RPC, type Methods } from './json-rpc.ts';
import { checkSocketPath } from './socket-path.ts';

const MAX_REQUEST_BYTES = 64 * 1024;
const MAX_CLIENTS = 32;
/** Without a request under way. */
const IDLE_MS = 60_000;
const OWNER_ONLY = 0o177;

export interface ControlServer {
  readonly close: () => Promise<void>;
}

/**
 * Answers JSON-RPC 2.0, a message a line, on a Unix socket that only this user can open. The data directory is ours: what
 * is left of a daemon that was killed is replaced.
 * @throws AppError `control`
 */
export async function serveControl(
  path: string,
  methods: Methods,
  log: Pick<Log, 'error'>,
): Promise<ControlServer> {
  checkSocketPath(path);
  const clients = new Set<Socket>();
  // Who has said everything may still wait for the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    if (clients.size <= MAX_CLIENTS) serveClient(socket, methods, log);
    else refuse(socket, `${MAX_CLIENTS} clients are connected: try again`);
  });
  try {
    removeStale(path);
    await listen(server, path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('control', `${path} cannot be made: ${describeError(error)}`, {
      advice: 'jobs and commands to the daemon need a data directory in which sockets can be made (TD_DATA)',
      cause: error,
    });
  }
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of clients) socket.destroySoon();
      }),
  };
}

function removeStale(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket())
    throw new AppError('control', `${path} is there, and is no socket`, { advice: 'remove it' });
  rmSync(path);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Made at once, with the rights it is to have from the first moment on.
    const umask = process.umask(OWNER_ONLY);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        server.on('error', () => undefined);
        resolve();
      });
    } finally {
      process.umask(umask);
    }
  });
}

function serveClient(socket: Socket, methods: Methods, log: Pick<Log, 'error'>): void {
  const gone = new AbortController();
  let rest = '';
  let waiting = 0;
  let last = Promise.resolve();
  const write = (text: string | null) => {
    if (text !== null && socket.writable) socket.write(`${text}\n`);
  };
  const context = {
    signal: gone.signal,
    notify: (method: string, params: unknown) => write(JSON.stringify({ jsonrpc: '2.0', method, params })),
  };
  const onBug = (error: unknown) =>
    log.error({ error }, `control: a request failed, which is a bug: ${describeError(error)}`);
  /** One after the other. */
  const take = (line: string) => {
    waiting += line.length;
    last = last
      .then(() => answer(line, methods, context, onBug))
      .then(write)
      .finally(() => (waiting -= line.length));
  };

  socket.setEncoding('utf8');
  socket.setTimeout(IDLE_MS, () => waiting === 0 && socket.destroy());
  socket.on('error', () => undefined);
  socket.on('close', () => gone.abort(new AppError('aborted', 'whoever asked has gone')));
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') take(line);
    if (rest.length + waiting > MAX_REQUEST_BYTES) {
      refuse(socket, `a request has at most ${MAX_REQUEST_BYTES} bytes, in a line`);
    }
  });
  socket.on('end', () => {
    if (rest.trim() !== '') take(rest);
    void last.then(() => socket.end());
  });
}

function refuse(socket: Socket, message: string): void {
  socket.on('error', () => undefined);
  socket.removeAllListeners('data').resume();
  socket.end(`${failure(null, { code: RPC.invalidRequest, message })}\n`, () => socket.destroy());
}
