import { WatchError } from '@redis/client';
import type { OutboxBroker, OutboxMark, OutboxPage } from '../../domain/ports/publishing/broker.ts';
import type { Change } from '../../domain/ports/store/changes.ts';
import { isoTime } from '../../domain/timestamp.ts';
import { BrokerConnection, type BrokerAddress, type BrokerClient } from './connection.ts';
import { KEYS, latestKey, STREAM_ENTRIES } from './keys.ts';
import { differenceOf, hashOf, toldGoods, type Difference, type MarketHash } from './markets.ts';

/** An {@link OutboxBroker} that speaks the protocol of Redis. */
export function createOutboxBroker(address: BrokerAddress): OutboxBroker {
  const connection = new BrokerConnection(address);
  /** Where the mark is watched. */
  let watching: BrokerClient | null = null;

  return {
    begin: () =>
      connection.use(async (client) => {
        watching = client;
        const [, , mark] = await Promise.all([
          client.unwatch(),
          client.watch(KEYS.outbox),
          client.hGetAll(KEYS.outbox),
        ]);
        return markOf(mark);
      }),
    tell: (page) =>
      connection.use(async (client) => {
        // Another connection watches nothing.
        if (client !== watching) return false;
        watching = null;
        return tellPage(client, page);
      }),
    marketIds: (afterId, upToId) =>
      connection.use(async (client) => {
        const ids = await client.zRange(KEYS.markets, `(${afterId}`, upToId, { BY: 'SCORE' });
        return ids.map(Number);
      }),
    close() {
      connection.close();
      return Promise.resolve();
    },
  };
}

async function tellPage(client: BrokerClient, page: OutboxPage): Promise<boolean> {
  const { mark, changes, markets, gone, filling } = page;
  const { logId, seq } = mark.position;
  const ids = [...markets.map(({ station }) => station.id), ...gone];
  const before = await Promise.all(ids.map((id) => client.hGetAll(latestKey(id)) as Promise<MarketHash>));
  const multi = client.multi();
  const differences = new Map<number, Difference>();
  for (const [at, id] of ids.entries()) {
    const market = markets[at];
    const now = market === undefined ? null : hashOf(market, seq);
    const difference = differenceOf(before[at] ?? {}, now ?? {});
    differences.set(id, difference);
    if (now === null) multi.del(latestKey(id)).zRem(KEYS.markets, String(id));
    else {
      multi.zAdd(KEYS.markets, { score: id, value: String(id) });
      if (Object.keys(difference.set).length > 0) multi.hSet(latestKey(id), difference.set);
      if (difference.gone.length > 0) multi.hDel(latestKey(id), [...difference.gone]);
    }
  }
  const add = (fields: Readonly<Record<string, string>>) =>
    multi.xAdd(KEYS.changes, '*', fields, {
      TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: STREAM_ENTRIES },
    });
  const stations = new Map(markets.map(({ station }) => [station.id, station]));
  for (const change of changes) {
    const id = change.kind === 'system' ? -1 : Number(change.id);
    const station = stations.get(id);
    const difference = differences.get(id);
    // Told once: a station and its market may both have changed.
    differences.delete(id);
    add({
      ...{ log: logId, ...fieldsOf(change) },
      ...(station !== undefined && { station: station.name, system: station.system.name }),
      ...(difference !== undefined && { goods: toldGoods(difference) }),
    });
  }
  if (filling !== null) add({ log: logId, seq: String(seq), kind: 'filling', state: filling });
  multi.hSet(KEYS.outbox, { log: logId, seq, filledUpTo: mark.filledUpTo ?? '' });
  try {
    await multi.exec();
    return true;
  } catch (error) {
    if (error instanceof WatchError) return false;
    throw error;
  }
}

function fieldsOf({ seq, kind, id, observedAtS, writtenAtS, source }: Change) {
  return {
    ...{ seq: String(seq), kind, id: String(id), source },
    observedAt: isoTime(observedAtS) ?? '',
    writtenAt: isoTime(writtenAtS),
  };
}

function markOf({ log, seq, filledUpTo }: Readonly<Partial<Record<string, string>>>): OutboxMark | null {
  if (log === undefined || !Number.isSafeInteger(Number(seq ?? NaN))) return null;
  return {
    position: { logId: log, seq: Number(seq) },
    filledUpTo: filledUpTo === undefined || filledUpTo === '' ? null : Number(filledUpTo),
  };
}
