import { variable } from '../../config/environment.ts';
import type { OutboxPorts, ProcessHealth } from '../../domain/ports/publishing/broker.ts';
import type { LogPosition } from '../../domain/ports/publishing/push.ts';
import type { Store } from '../../domain/ports/store/store.ts';
import type { BrokerAddress } from '../../infra/broker/connection.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { announcing, createPrimaryQueries } from './store.ts';

/**
 * What the outbox works with; it reads on a connection of its own.
 * @returns null: no broker is told, and nothing is loaded
 */
export async function outboxPorts(base: Bootstrap, store: Store): Promise<OutboxPorts | null> {
  const address = brokerAddress(base);
  if (address === null) return null;
  const { createOutboxBroker } = await import('../../infra/broker/outbox.ts');
  return {
    broker: createOutboxBroker(address),
    store: announcing(store, base.log),
    queries: await createPrimaryQueries(base),
  };
}

/**
 * Tells the broker how this process is, from now until it is closed.
 * @returns null: there is no broker, and nothing is loaded
 */
export async function tellHealth(
  base: Bootstrap,
  version: string,
  look: () => ProcessHealth,
): Promise<{ close(): Promise<void> } | null> {
  const address = brokerAddress(base);
  if (address === null) return null;
  const { HealthTeller } = await import('../../infra/broker/health.ts');
  return new HealthTeller({ address, version, look, log: base.log });
}

/**
 * Hears from the broker how far the change log has come.
 * @returns null: there is no broker, and nothing is loaded
 */
export async function followBroker(
  base: Bootstrap,
  onNews: (position: LogPosition | null) => void,
): Promise<{ close(): Promise<void> } | null> {
  const address = brokerAddress(base);
  if (address === null) return null;
  const { BrokerFollower } = await import('../../infra/broker/follower.ts');
  return new BrokerFollower({ address, log: base.log, onNews });
}

/** Valkey speaks the protocol of Redis. @returns null: there is none */
export function brokerAddress({ at, config }: Pick<Bootstrap, 'at' | 'config'>): BrokerAddress | null {
  if (config.brokerUrl === null) return null;
  const username = variable(at.env, 'REDIS_USERNAME');
  const password = variable(at.env, 'REDIS_PASSWORD');
  return {
    url: config.brokerUrl.replace(/^valkey/i, 'redis'),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}
