import { describe, expect, test } from 'vitest';
import { createOutbox } from '../../src/actors/outbox/child.ts';
import type { OutboxMark, OutboxPage } from '../../src/domain/ports/publishing/broker.ts';
import { childWorld } from '../support/child-world.ts';
import { settled } from '../support/virtual-time.ts';

interface Entry {
  readonly seq: number;
  readonly kind: 'market' | 'station' | 'system';
  readonly id: bigint;
}

interface World {
  readonly mark?: OutboxMark | null;
  readonly entries?: readonly Entry[];
  readonly markets?: readonly number[];
  /** What the broker has. */
  readonly has?: readonly number[];
  readonly keptFrom?: number;
}

const market = (seq: number, id: number): Entry => ({ seq, kind: 'market', id: BigInt(id) });
const told = (seq: number, filledUpTo: number | null = null, logId = 'log'): OutboxMark => ({
  position: { logId, seq },
  filledUpTo,
});

/** A database with these markets and this change log, and a broker that has been told so much. */
function outboxOf({ mark = told(0), entries = [], markets = [], has = [], keptFrom = 0 }: World = {}) {
  const state = { mark, entries: [...entries], isLogged: true, isGone: false, isAway: false, refusals: 0 };
  const pages: OutboxPage[] = [];
  const asked: string[] = [];
  /** What is asked like this is not answered yet. */
  const hold = { what: '', answers: Promise.withResolvers<undefined>() };
  const ask = async <T>(what: string, answer: () => T): Promise<T> => {
    asked.push(what);
    if (what === hold.what) await hold.answers.promise;
    return answer();
  };
  const world = childWorld(createOutbox, {
    outbox: {
      broker: {
        begin: () =>
          ask('begin', () => {
            if (state.isAway) throw new Error('broker away');
            return state.mark;
          }),
        tell: (page: OutboxPage) => {
          if (state.refusals-- > 0) return Promise.resolve(false);
          pages.push(page);
          state.mark = page.mark;
          return Promise.resolve(true);
        },
        marketIds: (after: number, upTo: number) =>
          ask('broker ids', () => has.filter((id) => id > after && id <= upTo)),
        close: () => Promise.resolve(void asked.push('close broker')),
      },
      store: {
        beginChangeLog: () => {
          asked.push('log');
          return Promise.resolve(state.isLogged ? 'there' : 'none');
        },
      },
      queries: {
        changesSince: (seq: number, limit: number) =>
          ask('changes', () =>
            state.isGone
              ? null
              : {
                  logId: 'log',
                  lastSeq: state.entries.at(-1)?.seq ?? 0,
                  changes:
                    seq < keptFrom ? null : state.entries.filter((entry) => entry.seq > seq).slice(0, limit),
                },
          ),
        markets: (ids: readonly number[]) =>
          ask(`${ids.length} markets`, () =>
            ids.filter((id) => markets.includes(id)).map((id) => ({ station: { id } })),
          ),
        marketIdsAfter: (after: number, limit: number) =>
          ask('ids', () => markets.filter((id) => id > after).slice(0, limit)),
        close: () => Promise.resolve(void asked.push('close queries')),
      },
    },
  });
  const changesTold = () =>
    (world.actor.getSnapshot() as { context: { changesTold: number } }).context.changesTold;
  return { ...world, asked, changesTold, hold, pages, state };
}

const idsIn = ({ markets, gone }: OutboxPage) => ({
  markets: markets.map(({ station }) => station.id),
  gone,
});

describe('what is written', () => {
  test('is told in the order of its newest change, each thing once, with what is gone', async () => {
    const { changesTold, pages, start, state, time } = outboxOf({
      entries: [market(1, 7), market(2, 8), { seq: 3, kind: 'system', id: 5n }, market(4, 7), market(5, 9)],
      markets: [7, 9],
    });
    await start();
    expect(pages).toEqual([]);
    await time.advance(500);
    expect(pages).toHaveLength(1);
    expect(pages[0]?.changes.map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
    expect(idsIn(pages[0]!)).toEqual({ markets: [7, 9], gone: [8] });
    expect(pages[0]).toMatchObject({ mark: told(5), filling: null });
    expect(state.mark).toEqual(told(5));
    expect(changesTold()).toBe(5);
  });

  test('is told a hundred entries at a time, and read fifty markets at a time', async () => {
    const { asked, pages, start, time } = outboxOf({
      entries: Array.from({ length: 201 }, (_, i) => market(i + 1, i)),
    });
    await start();
    await time.advance(500);
    expect(pages.map(({ changes }) => changes.length)).toEqual([100, 100, 1]);
    expect(asked.filter((what) => what.endsWith('markets'))).toEqual([
      ...Array.from({ length: 4 }, () => '50 markets'),
      '1 markets',
    ]);
  });

  test('is told again where somebody else was faster', async () => {
    const { changesTold, pages, start, state, time } = outboxOf({ entries: [market(1, 7)], markets: [7] });
    state.refusals = 1;
    await start();
    await time.advance(500);
    expect(pages).toHaveLength(1);
    expect(changesTold()).toBe(1);
  });

  test('is told from where it was told to, after trouble that is told once', async () => {
    const { lines, pages, start, state, time } = outboxOf({ markets: [7] });
    await start();
    await time.advance(500);
    state.isAway = true;
    await time.advance(10_000);
    state.isAway = false;
    state.entries.push(market(1, 7));
    await time.advance(30_000);
    expect(pages).toHaveLength(1);
    expect(lines).toEqual([
      ['error', 'broker: not told: broker away', { attempt: 1, error: 'broker away' }],
      ['info', 'broker: told again, from where it was told to', {}],
    ]);
  });

  test('cannot be told without a change log, which says what to do', async () => {
    const { asked, start, state, texts, time } = outboxOf();
    state.isLogged = false;
    await start();
    await time.advance(500);
    expect(texts()).toEqual([
      'error broker: not told: there is no change log to tell a broker from ' +
        '(set change_log_days to 1 or more and own_tables to true, or broker_url to null)',
    ]);
    state.isLogged = true;
    await time.advance(60_000);
    // Once it is there it is not asked for again.
    expect(asked.filter((what) => what === 'log')).toHaveLength(2);
  });
});

describe('a broker', () => {
  test.each([
    ['has nothing of this database', null, 0],
    ['was told of another log', told(3, null, 'other'), 0],
    ['was told nothing for longer than the change log is kept', told(3), 5],
  ])('that %s is filled anew', async (why, mark, keptFrom) => {
    const { lines, pages, start, time } = outboxOf({
      ...{ mark, keptFrom, markets: [1, 2], has: [2, 3] },
      entries: [market(9, 1)],
    });
    // Whoever fills it reads where the log ends, from its start.
    await start();
    await time.advance(500);
    const reason = why === 'was told of another log' ? 'the change log began anew' : `it ${why}`;
    expect(lines[0]?.[1]).toBe(`broker: filled anew, for ${reason}`);
    expect(lines[0]?.[2]).toHaveProperty('reason');
    expect(lines[1]).toEqual(['info', 'broker: filled, 2 markets', { markets: 2 }]);
    expect(pages.map((page) => [page.mark, page.filling, idsIn(page)])).toEqual([
      [told(9), 'ended', { markets: [1, 2], gone: [3] }],
    ]);
  });

  test('is filled fifty markets at a time, and says how far it is', async () => {
    const markets = Array.from({ length: 101 }, (_, i) => i + 1);
    const { pages, start, texts, time } = outboxOf({ mark: null, markets });
    await start();
    await time.advance(500);
    expect(texts().at(-1)).toBe('info broker: filled, 101 markets');
    expect(pages.map(({ mark, filling, markets: { length } }) => [mark.filledUpTo, filling, length])).toEqual(
      [
        [50, 'began', 50],
        [100, null, 50],
        [null, 'ended', 1],
      ],
    );
  });

  test('that was not filled to its end is filled from there', async () => {
    const { lines, pages, start, time } = outboxOf({
      ...{ mark: told(4, 2), markets: [1, 2, 3] },
      entries: [market(9, 1)],
    });
    await start();
    await time.advance(500);
    expect(lines[0]?.[1]).toBe('broker: filled anew, for filling it was not ended');
    expect(lines[1]?.[1]).toBe('broker: filled, 1 markets');
    expect(idsIn(pages[0]!).markets).toEqual([3]);
    // What came since it was begun follows.
    expect(pages.slice(1).flatMap(({ changes }) => changes.map(({ seq }) => seq))).toEqual([9]);
  });
});

test('a log that is gone is said to be', async () => {
  const { start, state, texts, time } = outboxOf();
  state.isGone = true;
  await start();
  await time.advance(500);
  expect(texts()).toEqual([expect.stringContaining('there is no change log to tell a broker from')]);
});

test.each([
  ['telling', 'begin', told(0)],
  ['telling', 'changes', told(0)],
  ['telling', '1 markets', told(0)],
  ['filling', 'broker ids', told(4, 2)],
  ['filling', '1 markets', told(4, 2)],
])('stopped while %s, it asks nothing more after %s, and tells nothing', async (_, what, mark) => {
  const { asked, hold, pages, send, start, time } = outboxOf({
    ...{ mark, entries: [market(1, 3)], markets: [3] },
  });
  hold.what = what;
  await start();
  await time.advance(500);
  await send('stop');
  const before = asked.length;
  hold.answers.resolve(undefined);
  await settled();
  expect(asked.at(before - 1)).toBe(what);
  expect(asked.slice(before)).toEqual([]);
  expect(pages).toEqual([]);
});

test('it is closed after its end, and waits for what is at work', async () => {
  const { asked, child, send, start, time } = outboxOf();
  await start();
  await time.advance(500);
  await send('stop');
  await child.dispose?.();
  await settled();
  expect(asked.slice(-2)).toEqual(['close broker', 'close queries']);
  expect(child.runs).toBe('elected');
});

test('without a broker nothing is told', async () => {
  const { start, time } = childWorld(createOutbox, { outbox: null });
  await start();
  await time.advance(60_000);
  expect(time.armed).toEqual([]);
});
