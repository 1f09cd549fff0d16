import { Subscriber } from 'zeromq';
import { AppError } from '../../domain/errors.ts';
import type { Feed, FeedHandlers } from '../../domain/ports/feed.ts';

const BATCH_FRAMES = 256;

const SOCKET_OPTIONS = {
  /**
   * Messages ZeroMQ keeps for us while `onBatch` is busy. When they are used up, the relay's own queue for us fills
   * and the relay drops what does not fit: nobody is told.
   */
  receiveHighWaterMark: 10_000,
  /** Bytes. To ZeroMQ a larger message is a broken peer: it hangs up for good, and only a new read connects again. */
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

/**
 * The EDDN relay: every message of a ZeroMQ PUB socket, `url` e.g. `tcp://eddn.edcd.io:9500`. `onConnected` is called
 * once a read, when the other side has proved to be ZeroMQ. A lost connection is made again without a word; a host
 * that does not exist or does not answer is tried until {@link Feed.close}.
 */
export function createZmqFeed(url: string): Feed {
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
      if (!url.startsWith('tcp://')) throw notAnAddress(url);
      const mine = (socket = new Subscriber(SOCKET_OPTIONS));
      let connected = false;
      const noteConnected = () => {
        if (connected || mine.closed) return;
        connected = true;
        handlers.onConnected();
      };
      mine.events.on('handshake', noteConnected);
      mine.subscribe();
      try {
        mine.connect(url);
      } catch (cause) {
        close();
        throw notAnAddress(url, cause);
      }
      try {
        for (;;) {
          // Waits for the first message only: a batch is whatever has arrived while the last one was handled.
          const frames = [firstPart(await mine.receive())];
          while (frames.length < BATCH_FRAMES && mine.readable) frames.push(firstPart(await mine.receive()));
          noteConnected();
          await handlers.onBatch({ encoding: 'zlib', frames, receivedAtMs: Date.now() });
        }
      } catch (error) {
        if (!mine.closed) {
          close();
          throw error;
        }
      }
    },
  };
}

function notAnAddress(url: string, cause?: unknown): AppError {
  const advice = 'write it as tcp://HOST:PORT, for example tcp://eddn.edcd.io:9500';
  return new AppError('feedUrl', `"${url}" is not the address of a relay`, { advice, cause });
}

/** EDDN sends one part. */
function firstPart([frame]: Buffer[]): Buffer {
  return frame ?? Buffer.alloc(0);
}
