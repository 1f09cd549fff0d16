import { expect, test } from 'vitest';
import { ConfiguredSubscriptions } from '../../src/app/subscriptions.ts';
import { ApiError } from '../../src/infra/http/api/errors.ts';
import { silentLog } from '../support/http.ts';
import { until } from '../support/until.ts';
import { count, PushWorld, told } from './push-world.ts';
import { FUEL_ROW, GOLD, GOLD_ROW, LINCOLN, NOON_S, OUTPOST, type CreateDatabase } from './store-world.ts';

const GOLD_THERE = { name: 'gold', markets: [LINCOLN.marketId], commodities: 'Gold' };

/** What is watched by a name. */
export function namedContract(create: CreateDatabase): void {
  const push = new PushWorld(create);

  test('is made once, whoever asks how often, and outlives the daemon', async () => {
    const made = {
      ...{ id: 'gold', name: 'gold', source: 'api', madeBy: 'bob' },
      watch: { markets: [LINCOLN.marketId], commodities: ['Gold'] },
    };
    expect(await push.talk('POST', '', GOLD_THERE)).toMatchObject([201, made]);
    const again = { name: 'GOLD', commodities: ['gold'], markets: String(LINCOLN.marketId) };
    expect(await push.talk('POST', '', again)).toMatchObject([200, made]);
    const [status, refusal] = await push.talk('POST', '', { ...GOLD_THERE, minPrice: 1 });
    expect([status, refusal.code, refusal.watch]).toEqual([409, 'exists', made.watch]);
    await push.serve();
    expect(await push.talk('GET', '')).toMatchObject([200, { entries: [made] }]);
    expect(await push.talk('GET', '/Gold')).toMatchObject([200, made]);
  });

  test('two daemons that make it at once make one', async () => {
    const other = push.talk;
    const first = push.named;
    await push.serve();
    const watch = { markets: [1] };
    const outcomes = await Promise.all([
      first.add('a', watch, 'x'),
      push.named.add('a', watch, 'y'),
      first.add('b', watch, 'x'),
      push.named.add('b', { markets: [2] }, 'y'),
    ]);
    const of = (a: number, b: number) => [outcomes[a]!.outcome, outcomes[b]!.outcome].sort();
    expect([of(0, 1), of(2, 3)]).toEqual([
      ['made', 'there'],
      ['made', 'other'],
    ]);
    expect((await other('GET', ''))[1].entries).toHaveLength(2);
  });

  test('what makes no sense is a 400 that says why', async () => {
    for (const [body, why] of [
      [{}, 'name: a name is needed'],
      [{ name: 'two words' }, 'letters, digits'],
      [{ name: 'a', commodity: 'gold' }, 'no such parameter: commodity (there are name, markets'],
      [{ name: 'a', near: 'Sol', within: -1 }, 'within'],
      [{ name: 'a', within: 5 }, 'how far around `near`'],
      [{ name: 'a', markets: [] }, 'markets'],
      [{ name: 'a', side: 'sell' }, 'side'],
      [[], 'name'],
      ['gold', 'name'],
    ] as const) {
      const [status, { error }] = await push.talk('POST', '', body);
      expect([status, error]).toEqual([400, expect.stringContaining(why)]);
    }
  });

  test('what names nobody knows is not made', async () => {
    for (const names of [{ near: 'Nowhere' }, { systems: ['Nowhere'] }, { commodities: 'unobtainium' }]) {
      expect((await push.talk('POST', '', { name: 'a', ...names }))[0]).toBe(404);
    }
    expect((await push.talk('GET', ''))[1].entries).toEqual([]);
  });

  test('nothing is made or removed while the daemon starts or stops', async () => {
    await push.talk('POST', '', GOLD_THERE);
    for (const phase of ['starting', 'stopping'] as const) {
      push.phase = phase;
      expect(await push.talk('POST', '', { name: 'b' })).toMatchObject([409, { code: phase }]);
      expect(await push.talk('DELETE', '/gold')).toMatchObject([409, { code: phase }]);
      expect((await push.talk('GET', '/gold'))[0]).toBe(200);
    }
    push.phase = 'running';
  });

  test('who listens to it is told what it watches, resumes, and hears that it is removed', async () => {
    await push.talk('POST', '', GOLD_THERE);
    await push.write([GOLD_ROW, FUEL_ROW]);
    const reader = await push.open('?subscription=Gold');
    await count(reader, 1);
    expect(reader.events[0]).toMatchObject({ event: 'snapshot', data: { reason: 'begin' } });
    await push.write([[GOLD, 9_000, 1, 1, 0, 0, 0], FUEL_ROW], { at: NOON_S + 1 });
    await push.write([GOLD_ROW], { ...OUTPOST, at: NOON_S + 1 });
    await count(reader, 2);
    expect(told(reader.events[1]!)).toMatchObject({
      marketId: LINCOLN.marketId,
      rows: [{ commodityId: GOLD }],
    });
    const { lastId } = reader;
    reader.close();
    await push.write([[GOLD, 9_001, 1, 1, 0, 0, 0], FUEL_ROW], { at: NOON_S + 2 });
    const resumed = await push.open('?subscription=gold', lastId);
    await until(() => resumed.events.some(({ event }) => event === 'market'));
    expect(resumed.events.map(({ event }) => event)).not.toContain('snapshot');

    expect((await push.talk('DELETE', '/gold'))[0]).toBe(200);
    await until(() => resumed.isEnded);
    expect(resumed.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'removed' } });
    expect(await push.talk('DELETE', '/gold')).toMatchObject([
      404,
      { error: 'there is no subscription gold' },
    ]);
    expect((await push.open('?subscription=gold')).status).toBe(404);
    expect((await push.open('?subscription=gold&side=supply')).status).toBe(400);

    // Another one of that name: where somebody was in the first says nothing of this one.
    await push.talk('POST', '', { name: 'gold', markets: [OUTPOST.marketId] });
    const anew = await push.open('?subscription=gold', resumed.lastId);
    await count(anew, 1);
    expect(anew.events[0]).toMatchObject({ event: 'snapshot', data: { reason: 'lost' } });
  });

  test('those of the configuration come, change and go with it; a wrong one stays what it was', async () => {
    const lines: string[] = [];
    const log = { ...silentLog, warn: (_: object, line: string) => void lines.push(line) };
    const look = ({ near }: { near?: string }) =>
      near === 'Nowhere'
        ? Promise.reject(new ApiError(404, 'no system is named Nowhere'))
        : Promise.resolve();
    const configured = new ConfiguredSubscriptions(push.named, look, log);
    await push.talk('POST', '', { name: 'made' });
    await configured.load([
      { name: 'Gold', commodities: 'gold' },
      { name: 'sol', systems: 'Sol' },
    ]);
    const names = async () =>
      ((await push.talk('GET', ''))[1].entries as { id: string }[]).map(({ id }) => id);
    expect([await names(), lines]).toEqual([['gold', 'made', 'sol'], []]);
    expect(await push.talk('DELETE', '/gold')).toMatchObject([409, { code: 'configured' }]);
    const gold = await push.open('?subscription=gold');
    const sol = await push.open('?subscription=sol');

    await configured.load([
      { name: 'gold', commodities: 'gold', minPrice: 'much' },
      { name: 'sol', systems: 'Sol', near: 'Nowhere' },
      { name: 'SOL' },
      'sol',
    ]);
    expect(lines).toEqual([
      expect.stringMatching(/^subscriptions\[0\] \(gold\): minPrice: .*: it stays as it was$/),
      expect.stringMatching(/^subscriptions\[2\] \(SOL\): there is one of that name before it/),
      expect.stringMatching(/^subscriptions\[3\]: name: a name is needed.*: it is left out$/),
      'subscription sol: no system is named Nowhere: it stays as it was',
    ]);
    expect([await names(), gold.isEnded, sol.isEnded]).toEqual([['gold', 'made', 'sol'], false, false]);

    await configured.load([{ name: 'gold', commodities: 'gold', side: 'supply' }]);
    await until(() => gold.isEnded && sol.isEnded);
    const ends = [gold, sol].map(({ events }) => (events.at(-1)!.data as { reason: string }).reason);
    expect([ends, await names()]).toEqual([
      ['changed', 'removed'],
      ['gold', 'made'],
    ]);
  });
}
