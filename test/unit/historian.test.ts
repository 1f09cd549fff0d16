import { describe, expect, test } from 'vitest';
import { createHistorian } from '../../src/actors/historian/child.ts';
import { dayOf } from '../../src/domain/history/days.ts';
import type { HistoryDay, HistoryPage } from '../../src/domain/ports/publishing/history.ts';
import type { LogPosition } from '../../src/domain/ports/publishing/push.ts';
import type { Change } from '../../src/domain/ports/store/changes.ts';
import { childWorld } from '../support/child-world.ts';
import { settled } from '../support/virtual-time.ts';

/** The clock of these tests begins here. */
const START_S = Date.UTC(2026, 0, 1) / 1000;
const TODAY = dayOf(START_S);

const aDay = (day: number, what: Partial<HistoryDay> = {}): HistoryDay => ({
  ...{ day, gap: null, isClosed: false, changes: 0, unseen: 0, bytes: 0 },
  ...what,
});

/** A change log, and the files of a history that has reached a place in it. */
function historianOf({
  reached = null as LogPosition | null,
  entries = [] as readonly (Pick<Change, 'kind' | 'id'> & { readonly seq: number })[],
  keptFrom = 0,
  isLogged = true,
} = {}) {
  const log = { id: 'log', entries: [...entries], keptFrom, isLogged };
  const files = {
    position: reached,
    gaps: [] as (readonly [string, number])[],
    pages: [] as HistoryPage[],
    ends: [] as number[],
    due: [] as number[],
    closed: [] as unknown[],
    removedBefore: [] as number[],
    days: [aDay(TODAY)],
    isClosed: false,
  };
  const asked = { markets: [] as (readonly number[])[], logs: 0, closed: 0 };
  const ports = {
    keepDays: 30,
    store: {
      beginChangeLog: () => {
        asked.logs++;
        return Promise.resolve(log.isLogged ? 'there' : 'none');
      },
    },
    recorder: {
      position: () => Promise.resolve(files.position),
      goOn: (position: LogPosition, gap: string, nowS: number) => {
        files.position = position;
        files.gaps.push([gap, nowS]);
        return Promise.resolve();
      },
      record: (page: HistoryPage) => {
        files.pages.push(page);
        files.position = { logId: log.id, seq: page.changes.at(-1)!.seq };
        return Promise.resolve();
      },
      reached: (nowS: number) => {
        files.ends.push(nowS);
        return Promise.resolve(files.due.shift() ?? null);
      },
      closeDay: (day: number, names: ReadonlyMap<number, string>) => {
        files.closed.push([day, Object.fromEntries(names)]);
        return Promise.resolve(aDay(day, { isClosed: true, changes: 7, bytes: 3 * 2 ** 20 }));
      },
      removeBefore: (day: number) => {
        files.removedBefore.push(day);
        return Promise.resolve(0);
      },
      days: () => Promise.resolve(files.days),
      close: () => Promise.resolve((files.isClosed = true)),
    },
    queries: {
      changesSince: (seq: number, limit: number) => {
        const after = log.entries.filter((entry) => entry.seq > seq).slice(0, limit);
        const isKept = seq === 0 || seq >= log.keptFrom;
        return Promise.resolve(
          log.isLogged
            ? { logId: log.id, lastSeq: log.entries.at(-1)?.seq ?? 0, changes: isKept ? after : null }
            : null,
        );
      },
      seenMarkets: (ids: readonly number[]) => {
        asked.markets.push(ids);
        return Promise.resolve(ids.map((id) => ({ id })));
      },
      items: () => Promise.resolve([{ id: 5, name: 'Gold' }]),
      close: () => Promise.resolve(asked.closed++),
    },
  };
  const world = childWorld(createHistorian, { historian: ports });
  return { ...world, log, files, asked, ports };
}

const market = (seq: number, id: number) => ({ seq, kind: 'market', id: BigInt(id) }) as const;

describe('the history', () => {
  test('begins at the end of the log: what was written before is not in it', async () => {
    const { files, start, time } = historianOf({ entries: [market(1, 4), market(2, 5)] });
    await start();
    await time.advance(1_000);
    expect(files.position).toEqual({ logId: 'log', seq: 2 });
    expect(files.gaps).toEqual([['the history began on it', START_S + 1]]);
    expect(files.pages).toEqual([]);
  });

  test('has every entry once, and each market of a page as it is now', async () => {
    const { asked, files, log, start, time } = historianOf({
      reached: { logId: 'log', seq: 2 },
      entries: [market(2, 4), market(3, 5), { seq: 4, kind: 'system', id: 9n }, market(5, 5), market(6, 7)],
    });
    await start();
    await time.advance(1_000);
    expect(files.pages.map(({ after, changes }) => [after.seq, changes.map(({ seq }) => seq)])).toEqual([
      [2, [3, 4, 5, 6]],
    ]);
    expect(asked.markets).toEqual([[5, 7]]);
    log.entries.push(market(7, 4));
    await time.advance(1_000);
    expect(files.pages.at(-1)).toMatchObject({ after: { logId: 'log', seq: 6 }, changes: [{ seq: 7 }] });
    expect(files.gaps).toEqual([]);
    expect(asked.logs).toBe(1);
  });

  test('is read to the end of the log, two hundred entries at a time', async () => {
    const { files, start, time } = historianOf({
      reached: { logId: 'log', seq: 0 },
      entries: Array.from({ length: 401 }, (_, i) => market(i + 1, 1)),
    });
    await start();
    await time.advance(1_000);
    expect(files.pages.map(({ changes }) => changes.length)).toEqual([200, 200, 1]);
  });

  test('says why it is not whole after another log, and goes on with that', async () => {
    const { files, start, time } = historianOf({
      reached: { logId: 'other', seq: 50 },
      entries: [market(1, 4)],
    });
    await start();
    await time.advance(1_000);
    expect(files.gaps).toEqual([['the change log began anew', START_S + 1]]);
    expect(files.position).toEqual({ logId: 'log', seq: 1 });
  });

  test('says why it is not whole where the log reaches back to its end no more', async () => {
    const { files, start, time } = historianOf({
      reached: { logId: 'log', seq: 3 },
      entries: [market(9, 4)],
      keptFrom: 8,
    });
    await start();
    await time.advance(1_000);
    expect(files.gaps).toEqual([['the change log was kept for too short a time', START_S + 1]]);
    expect(files.position).toEqual({ logId: 'log', seq: 9 });
  });

  test('is not whole for as long as no log was written', async () => {
    const { asked, files, lines, log, start, time } = historianOf({
      reached: { logId: 'log', seq: 3 },
      isLogged: false,
    });
    await start();
    await time.advance(1_000);
    expect(files.gaps).toEqual([['no change log was written', START_S + 1]]);
    expect(files.position).toEqual({ logId: '', seq: 0 });
    const error =
      'there is no change log to make a history of (set change_log_days to 1 or more and own_tables to true, or history_days to 0)';
    expect(lines).toEqual([['error', `history: not recorded: ${error}`, { attempt: 1, error }]]);
    log.isLogged = true;
    await time.advance(60_000);
    expect(files.gaps.at(-1)?.[0]).toBe('the change log began anew');
    expect(asked.logs).toBe(2);
  });

  test('that has not begun lacks nothing where no log is written', async () => {
    const { files, start, time } = historianOf({ isLogged: false });
    await start();
    await time.advance(1_000);
    expect(files.gaps).toEqual([]);
  });

  test('fails where a log that was there is gone', async () => {
    const { log, ports, start, texts, time } = historianOf();
    ports.store.beginChangeLog = () => Promise.resolve('there');
    log.isLogged = false;
    await start();
    await time.advance(1_000);
    expect(texts()[0]).toContain('there is no change log to make a history of');
  });

  test('keeps so many days, and closes one that is over when the log has been read a little beyond', async () => {
    const { child, files, lines, start, time } = historianOf({ reached: { logId: 'log', seq: 0 } });
    files.days = [aDay(TODAY - 1), aDay(TODAY)];
    files.due.push(TODAY - 1);
    await start();
    expect(child.historyDays()).toEqual([]);
    await time.advance(1_000);
    expect(files.ends[0]).toBe(START_S + 1 - 5);
    expect(files.closed).toEqual([[TODAY - 1, { 5: 'Gold' }]]);
    // Before the first look, and after every day that was closed.
    expect(files.removedBefore).toEqual([TODAY - 30, TODAY - 30]);
    expect(child.historyDays()).toEqual(files.days);
    expect(lines).toEqual([
      [
        'info',
        'history: 2025-12-31 closed, 7 changes, 3.0 MiB',
        { ...aDay(TODAY - 1, { isClosed: true, changes: 7, bytes: 3 * 2 ** 20 }), day: '2025-12-31' },
      ],
    ]);
  });

  test('tells once that a day will not be whole, and that one that was closed is not', async () => {
    const { files, lines, ports, start, texts, time } = historianOf({ reached: { logId: 'log', seq: 0 } });
    files.days = [aDay(TODAY - 1), aDay(TODAY, { gap: 'the log was away' })];
    await start();
    await time.advance(5_000);
    expect(lines).toEqual([
      [
        'info',
        'history: 2026-01-01 will not be whole: the log was away',
        { day: '2026-01-01', gap: 'the log was away' },
      ],
    ]);
    ports.recorder.closeDay = (day) => Promise.resolve(aDay(day, { gap: 'the log was away' }));
    files.due.push(TODAY);
    files.days = [aDay(TODAY + 1, { gap: 'the log was away' })];
    await time.advance(1_000);
    expect(texts().slice(1)).toEqual([
      'info history: 2026-01-02 will not be whole: the log was away',
      'info history: 2026-01-01 closed, 0 changes, 0.0 MiB; not whole: the log was away',
    ]);
  });

  test('trouble is told once, until the log was read again', async () => {
    const { ports, start, texts, time } = historianOf({ reached: { logId: 'log', seq: 0 } });
    const { changesSince } = ports.queries;
    const down = () => Promise.reject(new Error('down'));
    ports.queries.changesSince = down;
    await start();
    await time.advance(20_000);
    expect(texts()).toEqual(['error history: not recorded: down']);
    ports.queries.changesSince = changesSince;
    await time.advance(60_000);
    ports.queries.changesSince = down;
    await time.advance(2_000);
    expect(texts()).toHaveLength(2);
  });

  test('is closed after its end, and waits for what is still at work', async () => {
    const page = Promise.withResolvers<never>();
    const { asked, child, files, ports, send, start, time } = historianOf({
      reached: { logId: 'log', seq: 0 },
    });
    ports.queries.changesSince = () => page.promise;
    await start();
    await time.advance(1_000);
    await send('stop');
    let isDisposed = false;
    void child.dispose?.().then(() => (isDisposed = true));
    await settled();
    expect([files.isClosed, asked.closed, isDisposed]).toEqual([true, 1, false]);
    page.reject(new Error('closed'));
    await settled();
    await settled();
    expect(isDisposed).toBe(true);
  });

  test.each(['position', 'reached', 'days'] as const)(
    'whoever stopped it while it asked for its %s has closed it: nothing else is asked of it',
    async (call) => {
      const { files, ports, send, start, time } = historianOf({
        reached: { logId: 'log', seq: 0 },
        entries: [],
      });
      await start();
      await time.advance(1_000);
      const answer = Promise.withResolvers<never>();
      Object.assign(ports.recorder, { [call]: () => answer.promise });
      await time.advance(1_000);
      const calls: string[] = [];
      await send('stop');
      for (const name of ['goOn', 'record', 'reached', 'days'] as const)
        Object.assign(ports.recorder, { [name]: () => calls.push(name) });
      answer.resolve(null as never);
      await settled();
      expect(calls).toEqual([]);
      expect(files.pages).toEqual([]);
    },
  );

  test('is not kept where none is wanted', async () => {
    const { child, start, time } = childWorld(createHistorian, { historian: null });
    await start();
    await time.advance(60_000);
    expect(time.armed).toEqual([]);
    expect(child.historyDays()).toBe(null);
  });
});
