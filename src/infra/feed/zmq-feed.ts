import { setTimeout as sleep } from 'node:timers/promises';
import { Subscriber } from 'zeromq';
import { AppError } from '../../domain/errors.ts';
import type { Feed, FeedHandlers } from '../../domain/ports/market/feed.ts';

const BATCH_FRAMES = 256;
/**
 * After a batch that was not full, for company: handing a batch to another thread costs as much as its first messages.
 * The first message after a silence does not wait.
 */
const GATHER_MS = 20;

const SOCKET_OPTIONS = {
  /**
   * Messages ZeroMQ keeps for us while `onBatch` is busy. When they are used up, the relay's own queue for us fills
   * and the relay drops what does not fit: nobody is told.
   */
  receiveHighWaterMark: 10_000,
  /** Bytes. To ZeroMQ a larger message is a broken peer: it hangs up for good. */
  maxMessageSize: 16 * 1024 * 1024,
  linger: 0,
  /** ZeroMQ reconnects by itself, milliseconds, doubling; whoever reads decides when silence has lasted too long. */
  reconnectInterval: 100,
  reconnectMaxInterval: 5_000,
  tcpKeepalive: 1,
  /** Seconds. */
  tcpKeepaliveIdle: 60,
  tcpKeepaliveInterval: 15,
};

/** ZeroMQ says at once that it will connect again; when it has not after so long, it has hung up for good. */
const HANG_UP_MS = 1_000;

/** Takes every message as it came, all its parts. Must neither wait nor throw. */
export type OnReceived = (parts: readonly Buffer[]) => void;

/**
 * The EDDN relay: every message of a ZeroMQ PUB socket, `url` e.g. `tcp://eddn.edcd.io:9500`, or `ipc://PATH` of this
 * machine. `onConnected` is called once a read, when the other side has proved to be ZeroMQ. A lost connection is made
 * again without a word; a host that does not exist or does not answer is tried until {@link Feed.close}. A read ends
 * with an AppError when ZeroMQ has hung up on a message beyond the limit.
 */
export function createZmqFeed(url: string, onReceived?: OnReceived): Feed {
  let socket: Subscriber | undefined;

  function close(): void {
    socket?.close();
    socket = undefined;
  }

  return {
    description: url,
    finite: false,
    close,

    async read(handlers: FeedHandlers): Promise<void> {
      close();
      if (!/^(tcp|ipc):\/\//.test(url)) throw notAnAddress(url);
      const mine = (socket = new Subscriber(SOCKET_OPTIONS));
      let connected = false;
      const noteConnected = () => {
        if (connected || mine.closed) return;
        connected = true;
        handlers.onConnected();
      };
      mine.events.on('handshake', noteConnected);
      const hangUp = new AbortController();
      let hangUpTimer: NodeJS.Timeout | undefined;
      mine.events.on('disconnect', () => {
        hangUpTimer = setTimeout(() => {
          hangUp.abort(tooLarge(url));
          mine.close();
        }, HANG_UP_MS);
      });
      mine.events.on('connect:retry', () => clearTimeout(hangUpTimer));
      mine.subscribe();
      const receive = async () => {
        const parts = await mine.receive();
        onReceived?.(parts);
        return firstPart(parts);
      };
      try {
        mine.connect(url);
      } catch (cause) {
        close();
        throw notAnAddress(url, cause);
      }
      try {
        for (;;) {
          // Waits for the first message only: a batch is whatever has arrived while the last one was handled.
          const frames = [await receive()];
          while (frames.length < BATCH_FRAMES && mine.readable) frames.push(await receive());
          noteConnected();
          await handlers.onBatch({ encoding: 'zlib', frames, receivedAtMs: Date.now() });
          if (frames.length < BATCH_FRAMES) await sleep(GATHER_MS);
        }
      } catch (error) {
        hangUp.signal.throwIfAborted();
        if (!mine.closed) {
          close();
          throw error;
        }
      } finally {
        clearTimeout(hangUpTimer);
      }
    },
  };
}

function notAnAddress(url: string, cause?: unknown): AppError {
  const advice = 'write it as tcp://HOST:PORT, for example tcp://eddn.edcd.io:9500';
  return new AppError('feedUrl', `"${url}" is not the address of a relay`, { advice, cause });
}

function tooLarge(url: string): AppError {
  return new AppError('feed', `${url} sent a message of more than 16 MiB, or what is none`);
}

/** EDDN sends one part. */
function firstPart([frame]: Buffer[]): Buffer {
  return frame ?? Buffer.alloc(0);
}
