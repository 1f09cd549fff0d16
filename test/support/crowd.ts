import { connect, type Socket } from 'node:net';

export interface CrowdOptions {
  readonly port: number;
  /** Connections that ask nothing. */
  readonly idle: number;
  /** Connections with half a request. */
  readonly halfOpen: number;
  /** Connections that ask for a file and take none of it. */
  readonly slow: number;
  /** Connections that ask for the file again and again in one write, and take what comes. */
  readonly pipelining: number;
  /** Path of the file. */
  readonly path: string;
}

/** Clients that mean no good, or know no better. */
export interface Crowd {
  /** Connections that are there now. */
  readonly connected: () => number;
  /** Statuses of the first answers of all connections so far. */
  readonly answers: ReadonlyMap<string, number>;
  leave(): void;
}

/** Requests of one write, some 60 KB. */
const PIPELINED = 1_400;
/** Not all in one moment: whoever measures beside them should not have to wait for them. */
const JOIN_AT_ONCE = 100;
const JOIN_EVERY_MS = 10;
/** Who is disconnected comes back after so long, in the mean. */
const BACK_MS = 10_000;

export function gather({ port, idle, halfOpen, slow, pipelining, path }: CrowdOptions): Crowd {
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const answers = new Map<string, number>();
  const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  let hasLeft = false;

  function join(behave: (socket: Socket) => void): void {
    const socket = connect(port, '127.0.0.1');
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (bytes: Buffer) => {
      const status = bytes.subarray(9, 12).toString();
      answers.set(status, (answers.get(status) ?? 0) + 1);
    });
    behave(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      if (hasLeft) return;
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          join(behave);
        },
        BACK_MS * (0.5 + Math.random()),
      );
      timers.add(timer);
    });
  }

  const kinds: readonly [number, (socket: Socket) => void][] = [
    [idle, (socket) => void socket.resume()],
    [halfOpen, (socket) => void socket.resume().write('GET / HTTP/1.1\r\nHost: local')],
    [slow, (socket) => void socket.once('data', () => socket.pause()).write(request)],
    [pipelining, (socket) => void socket.resume().write(request.repeat(PIPELINED))],
  ];
  const waiting = kinds.flatMap(([count, behave]) => Array.from({ length: count }, () => behave));
  const joining = setInterval(() => {
    for (const behave of waiting.splice(0, JOIN_AT_ONCE)) join(behave);
    if (waiting.length === 0) clearInterval(joining);
  }, JOIN_EVERY_MS);
  return {
    connected: () => sockets.size,
    answers,
    leave() {
      hasLeft = true;
      clearInterval(joining);
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}
