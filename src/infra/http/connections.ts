import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { ClientLimits } from './limits.ts';

interface Answering {
  /** What begins the answers to questions asked meanwhile: one, seldom two, for no more is read before its turn. */
  readonly waiting: (() => void)[];
  /** Bytes of the connection that the client's side has taken, as of `sinceMs`. */
  takenBytes: number;
  sinceMs: number;
}

type Parse = (bytes: Buffer) => void;

const END_OF_HEADERS = '\r\n\r\n';
/** No request is shorter: empty lines between requests count with the one that follows. */
const SHORTEST_REQUEST_BYTES = 'GET / HTTP/1.1'.length;
/** Connections beyond the limit that are told so at once; what comes on top is closed without a word. */
const MOST_REFUSED = 64;
/** A client that takes less than that in {@link ClientLimits.stalledMs} is as good as gone. */
const PROGRESS_BYTES = 64 * 1024;

/**
 * The connections of a server, so that what clients hold is bounded: one answer at a time a connection, whatever it
 * asks ahead; where there are too many, the one that has been idle for longest makes room; whoever does not take what
 * it asked for is disconnected.
 */
export class Connections {
  readonly #limits: ClientLimits;
  /** Those with no answer under way, idle for longest first. */
  readonly #idle = new Set<Socket>();
  readonly #answering = new Map<Socket, Answering>();
  /** Of those with an answer under way the ones that listen: they hold up nobody else. */
  readonly #listening = new Set<Socket>();
  readonly #refused = new Set<Socket>();
  readonly #handedOver = new WeakSet<Socket>();
  /** What reads those that speak HTTP. */
  readonly #reading = new Map<Socket, Parse>();
  readonly #watch: NodeJS.Timeout;

  constructor(limits: ClientLimits) {
    this.#limits = limits;
    this.#watch = setInterval(() => this.#cutStalled(), Math.ceil(limits.stalledMs / 10)).unref();
  }

  /** To be told of every connection when it is there. */
  admit(socket: Socket): void {
    socket.once('close', () => this.#forget(socket));
    this.#readInTurn(socket);
    if (this.#idle.size + this.#answers < this.#limits.connections) {
      this.#idle.add(socket);
      return;
    }
    const [longest] = this.#idle;
    if (longest !== undefined) {
      this.#forget(longest);
      longest.destroy();
      this.#idle.add(socket);
    } else if (this.#refused.size < MOST_REFUSED) this.#refused.add(socket);
    else socket.destroy();
  }

  /** It is a WebSocket from now on, which somebody else reads. */
  handOver(socket: Socket): void {
    const read = this.#reading.get(socket);
    if (read !== undefined) socket.off('data', read);
    this.#reading.delete(socket);
    this.#handedOver.add(socket);
    this.#idle.delete(socket);
    this.#answering.set(socket, {
      waiting: [],
      takenBytes: takenBytes(socket),
      sinceMs: performance.now(),
    });
  }

  /** Somebody who would have had a WebSocket was answered instead: nobody reads him any more. */
  endHandedOver(socket: Socket): void {
    if (this.#handedOver.has(socket)) socket.destroySoon();
  }

  isRefused(socket: Socket): boolean {
    return this.#refused.has(socket);
  }

  /** More answers are under way than should be. */
  get areBusy(): boolean {
    return this.#answers > this.#limits.answers;
  }

  get #answers(): number {
    return this.#answering.size - this.#listening.size;
  }

  /** Its answer takes as long as it listens. @returns false: too many do */
  listen(socket: Socket): boolean {
    if (this.#listening.size >= this.#limits.listeners) return false;
    this.#listening.add(socket);
    return true;
  }

  /** Hands on each request when the answer ahead of it on its connection is sent; not if that ends before. */
  inTurn(listener: RequestListener): RequestListener {
    return (request, response) => {
      const { socket } = request;
      const begin = () => {
        // After the last byte has gone, and when the connection ends.
        response.once('close', () => this.#next(socket));
        listener(request, response);
      };
      const current = this.#answering.get(socket);
      if (current !== undefined) {
        current.waiting.push(begin);
        return;
      }
      this.#idle.delete(socket);
      this.#answering.set(socket, {
        waiting: [],
        takenBytes: takenBytes(socket),
        sinceMs: performance.now(),
      });
      begin();
    };
  }

  close(): void {
    clearInterval(this.#watch);
  }

  /**
   * Node makes a request of everything that has come, a thousand of one packet: here it gets one at a time, and what
   * comes behind one that waits stays in the socket.
   */
  #readInTurn(socket: Socket): void {
    const [parse] = socket.listeners('data') as Parse[];
    if (parse === undefined) return;
    socket.removeListener('data', parse);
    const read = (bytes: Buffer) => {
      let rest = bytes;
      while (rest.length > 0 && !socket.destroyed) {
        if (!this.#reading.has(socket)) {
          socket.unshift(rest);
          return;
        }
        const waiting = this.#answering.get(socket)?.waiting.length ?? 0;
        if (waiting > 0) socket.pause();
        // By Node, too, when the answer under way is taken slowly.
        if (socket.isPaused()) {
          socket.unshift(rest);
          return;
        }
        const end = rest.indexOf(END_OF_HEADERS, SHORTEST_REQUEST_BYTES);
        const size = end < 0 ? rest.length : end + END_OF_HEADERS.length;
        parse(rest.subarray(0, size));
        rest = rest.subarray(size);
      }
    };
    this.#reading.set(socket, read);
    socket.on('data', read);
  }

  #next(socket: Socket): void {
    this.#listening.delete(socket);
    const answering = this.#answering.get(socket);
    if (answering === undefined) return;
    const [next] = answering.waiting;
    if (next === undefined) {
      this.#answering.delete(socket);
      if (!this.#refused.has(socket)) this.#idle.add(socket);
      return;
    }
    // The others' turn first: a short answer is sent at once, and this connection may have asked for thousands.
    setImmediate(() => {
      if (socket.destroyed) return;
      answering.waiting.shift();
      next();
      socket.resume();
    });
  }

  #cutStalled(): void {
    const nowMs = performance.now();
    for (const [socket, answering] of this.#answering) {
      const taken = takenBytes(socket);
      if (socket.writableLength === 0 || taken - answering.takenBytes >= PROGRESS_BYTES) {
        answering.takenBytes = taken;
        answering.sinceMs = nowMs;
      } else if (nowMs - answering.sinceMs > this.#limits.stalledMs) socket.destroy();
    }
  }

  #forget(socket: Socket): void {
    this.#answering.delete(socket);
    this.#listening.delete(socket);
    this.#idle.delete(socket);
    this.#refused.delete(socket);
    this.#reading.delete(socket);
  }
}

function takenBytes({ bytesWritten, writableLength }: Socket): number {
  return bytesWritten - writableLength;
}
