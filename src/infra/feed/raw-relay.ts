import { Publisher } from 'zeromq';
import { AppError, describeError } from '../../domain/errors.ts';

/** What was passed on since the start. */
export interface RelayCounts {
  readonly messages: number;
  /** Subscribers that are there now. */
  readonly connections: number;
}

/** Passes on what a feed receives, unchanged. */
export interface RawRelay {
  /** `tcp://host:port` as it really listens. */
  readonly url: string;
  /** @param parts of one message, as they came. Never waits, never fails. */
  readonly pass: (parts: readonly Buffer[]) => void;
  counts(): RelayCounts;
  /** Idempotent. */
  close(): void;
}

const SOCKET_OPTIONS = {
  /**
   * Messages kept for a subscriber that takes none, some 100 s of EDDN; what comes on top is lost for this one alone.
   * The bytes are shared by all who wait for them.
   */
  sendHighWaterMark: 1_000,
  linger: 0,
  /** A peer that does not speak ZeroMQ is hung up on, milliseconds. */
  handshakeInterval: 10_000,
  tcpKeepalive: 1,
  /** Seconds. */
  tcpKeepaliveIdle: 60,
  tcpKeepaliveInterval: 15,
};

/**
 * A ZeroMQ PUB socket as the relay of EDDN has one.
 * @param address `tcp://host:port`; port `*` is any free one
 * @throws AppError `config.relayBind` when it cannot listen there
 */
export async function openRawRelay(address: string): Promise<RawRelay> {
  const socket = new Publisher({ ...SOCKET_OPTIONS, ipv6: address.includes('[') });
  let messages = 0;
  let connections = 0;
  let sent: Promise<void> = Promise.resolve();
  socket.events.on('accept', () => connections++);
  socket.events.on('disconnect', () => connections--);
  try {
    await socket.bind(address);
  } catch (error) {
    socket.close();
    throw cannotListen(address, error);
  }
  return {
    url: socket.lastEndpoint ?? address,
    pass(parts) {
      messages++;
      // One after the other. A PUB socket waits for nobody: what a subscriber has no room for is dropped.
      sent = sent.then(() => socket.send(parts as Buffer[])).catch(() => undefined);
    },
    counts: () => ({ messages, connections }),
    close: () => socket.close(),
  };
}

function cannotListen(address: string, cause: unknown): AppError {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there',
    EACCES: 'this user may not listen there (ports below 1024 need rights)',
    EADDRNOTAVAIL: 'this machine has no such address',
    EAGAIN: 'there is no such host',
  };
  const reason = reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? describeError(cause);
  return new AppError('config.relayBind', `the messages cannot be passed on at ${address}: ${reason}`, {
    advice: 'set relay_bind to a free "tcp://address:port" of this machine, or to null for none',
    cause,
  });
}
