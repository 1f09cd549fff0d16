import type { z } from 'zod';
import type { Update } from '../../../domain/push/update.ts';
import type { PushSnapshot } from '../../../domain/ports/publishing/push.ts';
import type { ChangeSource } from '../../../domain/ports/store/changes.ts';
import { Presenter, quoteAnswer, rowAnswer, type QuoteAnswer, type station } from '../api/answers.ts';
import { goodOf, type Good } from '../api/goods.ts';

/** A good at a market, as subscribers are told it. */
export type ToldRow = Good &
  QuoteAnswer & {
    /** Null: it was not traded; absent: nobody remembers. */
    readonly previous?: QuoteAnswer | null;
  };

/** `systemId` null: a name is all that is known of it. */
type ToldStation = Omit<z.input<typeof station>, 'systemId'> & { readonly systemId: string | null };

export type ToldMarket = ToldStation & { readonly rows: readonly ToldRow[] };

export interface ToldSnapshot {
  readonly at: string;
  readonly reason: PushSnapshot['reason'];
  readonly isComplete: boolean;
  readonly markets: readonly ToldMarket[];
}

export type ToldUpdate = ToldStation & {
  readonly seq: number;
  readonly source: ChangeSource;
  /** Of a market: nobody remembers what was. */
  readonly isWhole?: boolean;
  readonly rows?: readonly ToldRow[];
};

type GoodsById = ReadonlyMap<number, Good>;

/** @param nowMs ages count back from there, epoch milliseconds */
export function toldSnapshot(
  { markets, isComplete, reason }: PushSnapshot,
  goods: GoodsById,
  nowMs: number,
): ToldSnapshot {
  const present = new Presenter({ now: () => nowMs });
  const told = markets.map(({ station: where, rows }) => ({
    ...present.station(where),
    rows: rows.map((row) => rowAnswer(goodOf(goods, row.itemId), row)),
  }));
  return { at: present.at, reason, isComplete, markets: told };
}

/** @param nowMs ages count back from there, epoch milliseconds */
export function toldUpdate(
  { change, station: where, rows, isWhole }: Update,
  goods: GoodsById,
  nowMs: number,
): ToldUpdate {
  return {
    seq: change.seq,
    source: change.source,
    ...new Presenter({ now: () => nowMs }).station(where),
    ...(change.kind === 'market' && {
      isWhole,
      rows: rows.map(({ itemId, now, before }) => ({
        ...rowAnswer(goodOf(goods, itemId), now ?? NOT_TRADED),
        ...(before !== undefined && { previous: before === null ? null : quoteAnswer(before) }),
      })),
    }),
  };
}

const NOT_TRADED = {
  ...{ supplyPrice: 0, supplyUnits: 0, supplyLevel: -1 },
  ...{ demandPrice: 0, demandUnits: 0, demandLevel: -1 },
};
