import { expect } from 'vitest';
import type { Queries } from '../../src/domain/ports/store/queries.ts';
import type { RedisServer } from './redis-server.ts';
import { until } from './until.ts';

/** `{"item": [supply price, units, level, demand price, units, level]}`, with names and time. */
type Latest = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An entry of the stream. */
export type StreamEntry = Readonly<Record<string, string>>;

/** What the broker has of every market, but for numbers of the log. */
export async function latestOf(redis: RedisServer): Promise<Latest> {
  return redis.ask(async (client) => {
    const ids = await client.zRange('tdl:markets', 0, -1);
    const hashes = await Promise.all(ids.map((id) => client.hGetAll(`tdl:latest:${id}`)));
    const keys: string[] = [];
    for await (const some of client.scanIterator({ MATCH: 'tdl:latest:*', COUNT: 1_000 })) keys.push(...some);
    expect(keys.sort(), 'no other market has a hash').toEqual(ids.map((id) => `tdl:latest:${id}`).sort());
    return Object.fromEntries(ids.map((id, at) => [id, { ...hashes[at], seq: '' }]));
  });
}

/** The same as the database has it. */
export async function marketsOf(queries: Queries): Promise<Latest> {
  const ids: number[] = [];
  for (;;) {
    const page = await queries.marketIdsAfter(ids.at(-1) ?? -1, 100);
    if (page.length === 0) break;
    ids.push(...page);
  }
  const markets = await queries.markets(ids);
  return Object.fromEntries(
    markets.map(({ station, atS, rows }) => {
      const goods = rows.map((row) => [
        row.itemId,
        `[${[row.supplyPrice, row.supplyUnits, row.supplyLevel, row.demandPrice, row.demandUnits, row.demandLevel].join()}]`,
      ]);
      const names = { station: station.name, system: station.system.name };
      return [
        station.id,
        {
          ...Object.fromEntries(goods),
          ...names,
          observedAt: new Date((atS ?? 0) * 1_000).toISOString(),
          seq: '',
        },
      ];
    }),
  );
}

/** Waits until the broker has been told the whole log. */
export async function toldAll(redis: RedisServer, queries: Queries): Promise<void> {
  await until(async () => {
    const page = await queries.changesSince(0, 1);
    const mark = await redis.ask((client) => client.hGetAll('tdl:outbox')).catch(() => undefined);
    return mark?.filledUpTo === '' && mark.log === page?.logId && Number(mark.seq) === page?.lastSeq;
  });
}

export async function streamOf(
  redis: RedisServer,
  password: string | null = null,
): Promise<readonly StreamEntry[]> {
  const entries = await redis.ask((client) => client.xRange('tdl:changes', '-', '+'), password);
  return (entries ?? []).map(({ message }) => ({ ...message }));
}
