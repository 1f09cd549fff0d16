import { setTimeout as sleep } from 'node:timers/promises';
import { XPublisher } from 'zeromq';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

/** A stand-in for the EDDN relay: a ZeroMQ publisher on the loopback interface. */
export interface Relay {
  /** `tcp://127.0.0.1:PORT`, or where it was told to be; stays the same over {@link restart}. */
  readonly url: string;
  /**
   * Resolves when exactly so many subscribe (default 1): what is published from then on reaches them. Whoever has just
   * gone may be counted still.
   */
  waitForSubscribers(count?: number): Promise<void>;
  /** @param frame one ZeroMQ part, or several */
  publish(frame: Uint8Array | Uint8Array[]): Promise<void>;
  /** Every connection is lost. Idempotent. */
  close(): void;
  /** Listens again on the same port. */
  restart(): Promise<void>;
}

/** XPUB publishes as PUB does, and also tells who subscribes. @param at default: a port of this machine */
export async function startRelay(at?: string): Promise<Relay> {
  const url = at ?? `tcp://127.0.0.1:${await freePort()}`;
  let socket: XPublisher;
  let subscribers = 0;

  async function listen(): Promise<void> {
    subscribers = 0;
    socket = new XPublisher({ linger: 0, sendHighWaterMark: 0 });
    socket.verbosity = 'allSubsUnsubs';
    for (let attempt = 1; ; attempt++) {
      try {
        await socket.bind(url);
        break;
      } catch (error) {
        // The port of a closed socket is free a moment later.
        if (attempt === 50) throw error;
        await sleep(20);
      }
    }
    void countSubscribers(socket);
  }

  async function countSubscribers(listening: XPublisher): Promise<void> {
    for await (const [message] of listening) {
      if (listening === socket && !listening.closed) subscribers += message?.[0] === 1 ? 1 : -1;
    }
  }

  let sending: Promise<void> = Promise.resolve();
  await listen();
  return {
    url,
    async waitForSubscribers(count = 1) {
      await until(() => subscribers === count, 5);
    },
    publish(frame) {
      // One after the other: a machine that stalls may be sending still.
      sending = sending.catch(() => undefined).then(() => socket.send(frame));
      return sending;
    },
    close: () => {
      socket.close();
      subscribers = 0;
    },
    restart: async () => {
      socket.close();
      await listen();
    },
  };
}
