import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createActor, toPromise } from 'xstate';
import { historianLogics } from '../../src/actors/historian/steps.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { dayOf } from '../../src/domain/history/days.ts';
import type {
  HistoryReader,
  HistoryRecorder,
  PricePoint,
} from '../../src/domain/ports/publishing/history.ts';
import type { WholeStore } from '../../src/domain/ports/store/store.ts';
import { createHistoryReader } from '../../src/infra/history/reader.ts';
import { createHistoryRecorder } from '../../src/infra/history/recorder.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { ask, startHttp } from '../support/http.ts';
import { tempDir } from '../support/temp-dir.ts';
import {
  BRANDY,
  COMMODITIES,
  FUEL,
  GOLD,
  LINCOLN,
  NOON_S,
  OUTPOST,
  snapshot,
  useWorld,
  type CreateDatabase,
  type Row,
} from './store-world.ts';

const gold = (price: number, units = 100, level = 2): Row => [GOLD, 0, 0, 0, price, units, level];
const fuel = (price: number): Row => [FUEL, price, 10, 1, 0, 0, 0];

/** A history of what a real store writes. */
export function historyContract(create: CreateDatabase): void {
  describe('history', () => {
    const world = useWorld(create);
    let store: WholeStore;
    let recorder: HistoryRecorder;
    let reader: HistoryReader;
    let logics: ReturnType<typeof historianLogics>['logics'];
    /** Of the local clock; the database has its own. */
    let aheadMs = 0;

    beforeEach(async () => {
      const { db } = world();
      store = db.store('auto', { changeLog: { keepS: 86_400, keepEntries: 100_000 } });
      await store.useCatalogue(COMMODITIES);
      const directory = tempDir();
      recorder = createHistoryRecorder(directory);
      reader = createHistoryReader(directory);
      aheadMs = 0;
      ({ logics } = historianLogics({
        ...{ recorder, store, keepDays: 10, queries: db.queries() },
        time: { ...realTime, now: () => Date.now() + aheadMs },
      }));
      onTestFinished(async () => {
        await recorder.close();
        await reader.close();
      });
    });

    const follow = () => toPromise(createActor(logics.follow, { input: undefined }).start());
    const write = async (rows: readonly Row[], fields: Parameters<typeof snapshot>[1] = {}) =>
      expect(await store.writeMarkets([snapshot(rows, fields)])).toMatchObject([{ status: 'written' }]);
    const pointsOf = async (marketId: number = LINCOLN.marketId) =>
      (await reader.market(marketId, null, { fromS: 0, toS: 4_000_000_000 })).points.map(brief);

    test('has every other price and level once, in order, and no other units', async () => {
      await write([gold(9_000)]);
      expect(await follow(), 'what was before is not in it').toEqual({ dueDay: null });
      expect(await pointsOf()).toEqual([]);

      await write([gold(9_000), fuel(80)], { at: NOON_S + 1 });
      await follow();
      await write([gold(9_000, 7), fuel(80)], { at: NOON_S + 2 });
      await follow();
      await write([gold(9_000, 7, 1), fuel(80)], { at: NOON_S + 3 });
      await follow();
      await write([gold(9_050, 7, 1)], { at: NOON_S + 4 });
      await follow();
      await write([], { at: NOON_S + 5 });
      await follow();
      await follow();
      expect(await pointsOf()).toEqual([
        [1, GOLD, 9_000, 0, 'first'],
        [1, FUEL, 0, 80, 'first'],
        [3, GOLD, 9_000, 0, ''],
        [4, GOLD, 9_050, 0, ''],
        [4, FUEL, 0, 0, ''],
        [5, GOLD, 0, 0, ''],
      ]);
      expect(await recorder.days()).toMatchObject([
        { gap: 'the history began on it', changes: 6, unseen: 0 },
      ]);
    });

    test('the API tells of a good by its name when a market has listed it for the first time', async () => {
      const { url } = await startHttp([
        (app) =>
          apiRoutes(app, {
            ...{ history: reader, queries: world().db.queries(), commodities: () => COMMODITIES },
            ...{ planner: createTourPlanner(), travelTimes: TRAVEL_TIMES, questionsPerMinute: null },
            ...{ now: () => (NOON_S + 60) * 1000, version: '1.2.3' },
          }),
      ]);
      await follow();
      await ask(`${url}/api/v1/commodities`);
      await write([[BRANDY, 0, 0, 0, 4_000, 90, 3]]);
      await follow();
      const answer = await ask(`${url}/api/v1/markets/${LINCOLN.marketId}/history`);
      const named = { commodityId: BRANDY, symbol: 'LavianBrandy' };
      expect(JSON.parse(answer.bytes.toString())).toMatchObject({ goods: [named], entries: [named] });
    });

    test('says of what was replaced before it was read that it has not seen it', async () => {
      await follow();
      for (let i = 1; i <= 3; i++) await write([gold(9_000 + i)], { at: NOON_S + i });
      await follow();
      expect(await pointsOf()).toEqual([[3, GOLD, 9_003, 0, 'first']]);
      expect(await recorder.days()).toMatchObject([{ unseen: 2 }]);
    });

    test('does not take what is deleted for its age for something that is not traded', async () => {
      await follow();
      await write([gold(9_000)]);
      await follow();
      expect(await store.purge({ olderThanS: NOON_S + 1 })).toBeGreaterThan(0);
      await follow();
      const [, forgotten] = (await reader.market(LINCOLN.marketId, GOLD, { fromS: 0, toS: 4_000_000_000 }))
        .points;
      expect(forgotten).toMatchObject({ supplyPrice: 0, isForgotten: true });
    });

    test('a day is over when the log was read beyond it; the next one is whole', async () => {
      await follow();
      await write([gold(9_000)]);
      aheadMs = 86_400_000;
      const today = dayOf(Date.now() / 1000);
      expect(await follow()).toEqual({ dueDay: today });
      const close = createActor(logics.closeDay, { input: { day: today } }).start();
      expect(await toPromise(close)).toMatchObject({ isClosed: true, changes: 1 });
      // The clock of the database is a day behind ours: what it writes is of the day that runs.
      await write([gold(9_001)], { ...OUTPOST });
      expect(await follow()).toEqual({ dueDay: null });
      expect(await recorder.days()).toMatchObject([
        { day: today, isClosed: true },
        { day: today + 1, isClosed: false, gap: null, changes: 1 },
      ]);
      expect(await pointsOf()).toEqual([[0, GOLD, 9_000, 0, 'first']]);
    });

    test('while no log is written no day is whole, also when one is written again', async () => {
      await follow();
      const { db } = world();
      const unlogged = historianLogics({
        ...{ recorder, store: db.store('auto'), keepDays: 10, queries: db.queries(), time: realTime },
      });
      const without = createActor(unlogged.logics.follow, { input: undefined });
      const ended = toPromise(without);
      without.start();
      await expect(ended).rejects.toThrow('there is no change log to make a history of');
      aheadMs = 86_400_000;
      await write([gold(9_000)]);
      await follow();
      expect((await recorder.days()).map(({ gap }) => gap)).toEqual([
        ...['the history began on it', 'the change log began anew'],
      ]);
    });

    test('where the log does not reach back, or is another, no day since the last is whole', async () => {
      await follow();
      await write([gold(9_000)]);
      await follow();
      const trimmed = 'the change log was kept for too short a time';
      aheadMs = 86_400_000;
      await follow();
      await write([gold(9_001)], { at: NOON_S + 1 });
      await write([gold(9_002)], { at: NOON_S + 2 });
      await world().db.sql('DELETE FROM tdl_change WHERE seq <= (SELECT seq FROM tdl_log) - 1');
      await follow();
      expect((await recorder.days()).map(({ gap }) => gap)).toEqual(['the history began on it', trimmed]);

      await world().db.sql("UPDATE tdl_log SET log_id = '00000000-0000-4000-8000-00000000000f'");
      aheadMs *= 3;
      await follow();
      await write([gold(9_003)], { at: NOON_S + 3 });
      await follow();
      expect((await recorder.days()).map(({ gap }) => gap)).toEqual([
        ...['the history began on it', trimmed],
        ...['the change log began anew', 'the change log began anew'],
      ]);
      expect((await pointsOf()).at(-1)).toEqual([3, GOLD, 9_003, 0, '']);
    });
  });
}

function brief({ observedAtS, itemId, supplyPrice, demandPrice, isFirst }: PricePoint) {
  return [observedAtS - NOON_S, itemId, supplyPrice, demandPrice, isFirst ? 'first' : ''];
}
