import { AppError } from '../../domain/errors.ts';
import type { OutboxPage, OutboxPorts } from '../../domain/ports/publishing/broker.ts';
import type { Change, ChangePage } from '../../domain/ports/store/changes.ts';
import type { MarketRecord } from '../../domain/ports/store/queries.ts';
import type { RefillReason, Told } from '../../machines/publishing/outbox.machine.ts';
import { createSteps } from '../steps.ts';

/** Entries of the log that are told at a time. */
const ENTRIES_AT_ONCE = 100;
const MARKETS_AT_ONCE = 50;

export function outboxLogics({ broker, store, queries }: OutboxPorts) {
  const { step, ended } = createSteps();
  let isLogged = false;

  const tell = step<Told>(async (signal) => {
    if (!isLogged && (await store.beginChangeLog()) === 'none') throw noLog();
    isLogged = true;
    for (let changes = 0; ;) {
      signal.throwIfAborted();
      // What is read after this is told, or refused: nothing older ever follows something newer.
      const mark = await broker.begin();
      signal.throwIfAborted();
      if (mark === null) return { changes, refill: 'empty' };
      if (mark.filledUpTo !== null) return { changes, refill: 'unfinished' };
      const { position } = mark;
      const page = await read(position.seq, ENTRIES_AT_ONCE);
      signal.throwIfAborted();
      if (page.logId !== position.logId) return { changes, refill: 'otherLog' };
      if (page.changes === null) return { changes, refill: 'trimmed' };
      const last = page.changes.at(-1);
      if (last === undefined) return { changes, refill: null };
      const newest = newestOfEach(page.changes);
      const ids = new Set(newest.flatMap(({ kind, id }) => (kind === 'system' ? [] : [Number(id)])));
      const isTold = await tellPage(
        {
          mark: { position: { logId: page.logId, seq: last.seq }, filledUpTo: null },
          changes: newest,
          filling: null,
        },
        [...ids],
        signal,
      );
      if (isTold) changes += page.changes.length;
    }
  });

  const fill = step<number, { readonly reason: RefillReason }>(async (signal, { reason }) => {
    // Changes from here on are told when it is full, so nothing is missed while it is filled.
    let start = reason === 'unfinished' ? null : await read(0, 1);
    let filled = 0;
    for (;;) {
      signal.throwIfAborted();
      const told = await broker.begin();
      signal.throwIfAborted();
      // Since it was found wanting, somebody else has filled it, or has begun to.
      if (start !== null && told?.position.logId === start.logId) {
        const { changes } = await read(told.position.seq, 1);
        if (changes !== null) start = null;
      }
      const begun = start === null ? told : { position: positionOf(start), filledUpTo: -1 };
      // Somebody else has filled it meanwhile, or it was emptied.
      if (typeof begun?.filledUpTo !== 'number') return filled;
      const { position, filledUpTo } = begun;
      const ids = await queries.marketIdsAfter(filledUpTo, MARKETS_AT_ONCE);
      const isLast = ids.length < MARKETS_AT_ONCE;
      const upToId = isLast ? Number.MAX_SAFE_INTEGER : (ids.at(-1) ?? filledUpTo);
      const known = new Set(ids);
      const others = (await broker.marketIds(filledUpTo, upToId)).filter((id) => !known.has(id));
      signal.throwIfAborted();
      const filling = isLast ? 'ended' : start === null ? null : 'began';
      const mark = { position, filledUpTo: isLast ? null : upToId };
      if (await tellPage({ mark, changes: [], filling }, [...ids, ...others], signal)) {
        filled += ids.length;
        start = null;
        if (isLast) return filled;
      }
    }
  });

  async function read(seq: number, limit: number): Promise<ChangePage> {
    const page = await queries.changesSince(seq, limit);
    if (page === null) throw noLog();
    return page;
  }

  async function tellPage(
    page: Omit<OutboxPage, 'markets' | 'gone'>,
    ids: readonly number[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const markets: MarketRecord[] = [];
    for (let at = 0; at < ids.length; at += MARKETS_AT_ONCE)
      markets.push(...(await queries.markets(ids.slice(at, at + MARKETS_AT_ONCE))));
    signal.throwIfAborted();
    const found = new Set(markets.map(({ station }) => station.id));
    return broker.tell({ ...page, markets, gone: ids.filter((id) => !found.has(id)) });
  }

  return {
    logics: { tell, fill },
    dispose: async () => {
      // What is being told is told, or not, as a whole.
      await broker.close();
      await queries.close();
      await ended();
    },
  };
}

function positionOf({ logId, lastSeq }: ChangePage) {
  return { logId, seq: lastSeq };
}

function newestOfEach(changes: readonly Change[]): readonly Change[] {
  const newest = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.kind} ${change.id}`;
    newest.delete(key);
    newest.set(key, change);
  }
  return [...newest.values()];
}

function noLog(): AppError {
  return new AppError('broker', 'there is no change log to tell a broker from', {
    advice: 'set change_log_days to 1 or more and own_tables to true, or broker_url to null',
  });
}
