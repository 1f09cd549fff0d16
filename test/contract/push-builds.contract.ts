import { beforeEach, expect, test } from 'vitest';
import { JournalReader } from '../../src/domain/colonisation/reading/journal-reader.ts';
import { contributionLine, depotLine, dockedLine, loginLines, SITE_ID } from '../support/journals.ts';
import { until } from '../support/until.ts';
import { count, MEMBERS_TOKEN, PushWorld, told } from './push-world.ts';
import {
  BRANDY,
  FUEL,
  GOLD,
  LINCOLN,
  NOON_S,
  OUTPOST,
  PLATINUM,
  SYSTEM,
  type CreateDatabase,
  type Row,
} from './store-world.ts';

const sold = (item: number, stock: number): Row => [item, 0, 0, 0, 9_000, stock, 2];

/** Alerts on what builds still need. */
export function buildsContract(create: CreateDatabase): void {
  const push = new PushWorld(create);
  let reader: JournalReader;

  const tell = (...lines: readonly string[]) => {
    for (const line of lines) push.book.take(reader.read(line));
    push.told();
  };
  const listen = (query: string, lastId: string | null = null) => push.open(query, lastId, MEMBERS_TOKEN);
  const items = (event: Parameters<typeof told>[0]) => told(event).rows.map(({ commodityId }) => commodityId);

  beforeEach(() => {
    push.book.sites.clear();
    push.book.commanders.clear();
    reader = new JournalReader();
    tell(
      ...loginLines(),
      dockedLine(1, { StarSystem: 'Sol' }).replace(/"SystemAddress":\d+/, `"SystemAddress":${SYSTEM.Sol}`),
      depotLine(2, { gold: [100, 0], platinum: [40, 0], hydrogenfuel: [10, 10] }),
    );
  });

  test('who listens is told of what is needed and sold around it, and the alert follows as the list shrinks', async () => {
    await push.write([sold(PLATINUM, 1), sold(GOLD, 5)], LINCOLN);
    const stream = await listen('?builds=trevithick%20dock&within=10');
    await count(stream, 1);
    expect(stream.events[0]?.event).toBe('snapshot');
    const markets = stream.events[0]?.data.markets as Parameters<typeof items>[0]['data'][];
    expect(markets.map((data) => items({ data }).sort())).toEqual([[PLATINUM, GOLD].sort()]);

    // Enough fuel is there, nobody sells gold here, and that is too far away.
    await push.write([sold(FUEL, 9), sold(GOLD, 700), sold(PLATINUM, 1)], { ...LINCOLN, at: NOON_S + 10 });
    await push.write([sold(GOLD, 9)], { ...OUTPOST, at: NOON_S + 10 });
    await count(stream, 2);
    expect([told(stream.events[1]!).marketId, items(stream.events[1]!)]).toEqual([LINCOLN.marketId, [GOLD]]);

    // All gold has been brought.
    tell(contributionLine(3, { gold: 100 }));
    let at = 20;
    await until(async () => {
      at += 1;
      await push.write([sold(GOLD, 800 + at), sold(PLATINUM, at)], { ...LINCOLN, at: NOON_S + at });
      await new Promise((resolve) => setTimeout(resolve, 300));
      return items(stream.events.at(-1)!).join() === String(PLATINUM);
    });

    // Something else is needed: whoever comes again begins with what is there.
    tell(depotLine(4, { gold: [100, 100], platinum: [40, 0], hydrogenfuel: [90, 10] }));
    await until(() => stream.events.at(-1)?.event === 'end' && stream.isEnded);
    expect(stream.events.at(-1)?.data).toMatchObject({ reason: 'changed' });
    const again = await listen('?builds=trevithick%20dock&within=10', stream.lastId);
    await count(again, 1);
    expect(again.events[0]).toMatchObject({ event: 'snapshot', data: { reason: 'lost' } });
  });

  test('what no market has ever listed is told when one does', async () => {
    tell(depotLine(5, { lavianbrandy: [7, 0] }));
    const stream = await listen('?builds=trevithick%20dock&within=10');
    await count(stream, 1);
    await push.write([sold(BRANDY, 5), sold(GOLD, 5)], LINCOLN);
    await count(stream, 2);
    expect(told(stream.events[1]!).rows).toMatchObject([{ commodityId: BRANDY, name: 'Lavian Brandy' }]);
  });

  test('by a name, too; what builds need is told to nobody without a token for journals', async () => {
    const alert = { name: 'alert', builds: [String(SITE_ID)], minUnits: 50 };
    expect((await push.talk('POST', '', alert))[0]).toBe(403);
    expect(await push.talk('POST', '', alert, MEMBERS_TOKEN)).toMatchObject([
      201,
      { watch: { builds: [String(SITE_ID)], within: 50, minUnits: 50 } },
    ]);
    expect((await push.open('?subscription=alert')).status).toBe(401);
    expect((await push.open(`?builds=${SITE_ID}`)).status).toBe(401);
    const stream = await listen('?subscription=alert');
    await count(stream, 1);
    await push.write([sold(GOLD, 49), sold(PLATINUM, 50)], { ...LINCOLN, at: NOON_S + 10 });
    await count(stream, 2);
    expect(items(stream.events[1]!)).toEqual([PLATINUM]);
    expect((await listen('?builds=nothing')).status).toBe(404);
    expect((await push.talk('POST', '', { name: 'a', builds: 'nothing' }, MEMBERS_TOKEN))[0]).toBe(404);
  });
}
