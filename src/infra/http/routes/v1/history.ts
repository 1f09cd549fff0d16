import { z } from 'zod';
import { dayName, dayOf } from '../../../../domain/history/days.ts';
import { spells } from '../../../../domain/history/spells.ts';
import { steadiness, type Weighted } from '../../../../domain/history/steadiness.ts';
import type { Cursor } from '../../../../domain/galaxy/best.ts';
import type {
  HistoryDay,
  HistoryRange,
  HistoryReader,
  PriceRange,
} from '../../../../domain/ports/publishing/history.ts';
import { isoTime, parseTimestamp } from '../../../../domain/timestamp.ts';
import { commodity, listOf, marketRow, Presenter, quoteAnswer, station } from '../../api/answers.ts';
import type { ApiDeps } from '../../api/deps.ts';
import type { Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { goodOf, type Goods } from '../../api/goods.ts';
import * as parameters from '../../api/parameters.ts';
import { oneMarket } from '../../api/places.ts';

const DAY_S = 86_400;
const USUAL_S = 30 * DAY_S;
const BUCKET_S = { hour: 3_600, day: DAY_S } as const;

const time = z.string().transform((text, context) => {
  const atS = parseTimestamp(text);
  if (atS !== null) return atS;
  context.addIssue('give a day or a time in UTC: 2026-11-28, 2026-11-28T12:00:00Z');
  return z.NEVER;
});

/** A day alone is all of it. */
const end = z
  .string()
  .transform((text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59Z` : text))
  .pipe(time);

const range = {
  from: time.optional().describe('A day or a time, UTC; 30 days before `to` unless given'),
  to: end.optional().describe('The same, that day included; now unless given'),
};

const paging = { limit: parameters.limit, cursor: parameters.cursor.optional() };

const ranged = {
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  isWhole: z.boolean().describe('Everything that was written in this time is in the history'),
  gaps: z
    .array(z.object({ day: z.iso.date(), why: z.string() }))
    .describe('Days that are not whole, and why'),
};

const steady = z
  .object({
    mean: z.number(),
    volatility: z.number().describe('Standard deviation as a part of the mean; 0: it never moved'),
    stability: z
      .number()
      .min(0)
      .max(1)
      .describe('The part of the time in which it was within 5 % of the mean'),
  })
  .meta({ id: 'Steadiness', description: 'Of a price, credits a tonne.' });

const sides = {
  supply: steady.nullable().describe('Null: not sold, or unknown'),
  demand: steady.nullable().describe('Null: not bought, or unknown'),
};

const priceRange = z
  .object({
    min: z.int(),
    max: z.int(),
    mean: z.number(),
    observations: z.int().describe('A market that was seen twice counts twice'),
  })
  .nullable()
  .describe('Null: nobody has seen any');

/** What prices were. @param history null: none is kept */
export function historyRoutes(api: Api, deps: ApiDeps, goods: Goods, history: HistoryReader | null): void {
  api.get({
    path: '/markets/{marketId}/history',
    summary: 'Prices of one market, each from the observation on that changed it',
    description:
      'Another price or level is a change; other units alone are none. Volatility and stability are weighted by time.',
    params: z.object({ marketId: parameters.marketId }),
    query: z.strictObject({
      ...range,
      commodity: z.string().min(1).max(128).optional().describe('Symbol, name or id of one good'),
      ...paging,
    }),
    answer: listOf(
      marketRow.extend({
        observedAt: z.iso.datetime(),
        ageS: z.int().min(0),
        isFirst: z.boolean().describe('Nothing was known of the market before: no change'),
        isUnknown: z.boolean().describe('It was deleted for its age: without prices nobody knows them'),
      }),
    ).extend({
      ...ranged,
      ...station.pick({ marketId: true, name: true, systemId: true, systemName: true }).shape,
      goods: z
        .array(commodity.extend({ changes: z.int(), ...sides }))
        .describe('Of the whole time, whatever the page'),
    }),
    maxAgeS: 30,
    async handle({ params: { marketId }, query }) {
      const reader = kept(history);
      const asked = rangeOf(query, deps.now());
      const itemId = query.commodity === undefined ? null : (await goods.find(query.commodity)).commodityId;
      const { station: place } = await oneMarket(deps.queries, marketId);
      const { points, days } = await reader.market(marketId, itemId, asked);
      const known = await goods.including(points.map((point) => point.itemId));
      const presenter = new Presenter(deps);
      const { name, systemId, systemName } = presenter.station(place);
      const nowS = Math.floor(deps.now() / 1000);
      const page = pageOf(points, ({ observedAtS, itemId: id }) => ({ key: observedAtS, id }), query);
      return {
        ...{ at: presenter.at, marketId, name, systemId, systemName },
        ...told(asked, days, deps.now()),
        goods: [...Map.groupBy(points, (point) => point.itemId)].map(([id, ofGood]) => ({
          ...goodOf(known, id),
          changes: ofGood.filter(({ isFirst, isForgotten }) => !isFirst && !isForgotten).length,
          supply: steadiness(spells(ofGood, 'supply', Math.min(nowS, asked.toS))),
          demand: steadiness(spells(ofGood, 'demand', Math.min(nowS, asked.toS))),
        })),
        ...page,
        entries: page.entries.map((point) => ({
          ...goodOf(known, point.itemId),
          ...quoteAnswer(point),
          observedAt: isoTime(point.observedAtS),
          ageS: Math.max(0, nowS - point.observedAtS),
          isFirst: point.isFirst,
          isUnknown: point.isForgotten,
        })),
      };
    },
  });

  api.get({
    path: '/commodities/{commodity}/history',
    summary: 'Lowest, highest and mean price of a good by the hour or day in which it was seen',
    description:
      'Only what was seen in that time; fleet carriers, and markets without stock (or demand), do not count. ' +
      'Volatility and stability are those of the means, weighted by observations.',
    params: z.object({ commodity: z.string().min(1).max(128).describe('Symbol, name or id of a good') }),
    query: z.strictObject({ ...range, per: z.enum(['hour', 'day']).default('day'), ...paging }),
    answer: listOf(z.object({ from: z.iso.datetime(), supply: priceRange, demand: priceRange })).extend({
      ...ranged,
      ...{ commodity, per: z.enum(['hour', 'day']), ...sides },
    }),
    maxAgeS: 60,
    async handle({ params, query }) {
      const reader = kept(history);
      const asked = rangeOf(query, deps.now());
      const good = await goods.find(params.commodity);
      const { buckets, days } = await reader.commodity(good.commodityId, asked, BUCKET_S[query.per]);
      const page = pageOf(buckets, ({ fromS }) => ({ key: fromS, id: 0 }), query);
      return {
        ...{ at: new Presenter(deps).at, commodity: good, per: query.per },
        ...told(asked, days, deps.now()),
        supply: steadiness(buckets.flatMap(({ supply }) => weighted(supply))),
        demand: steadiness(buckets.flatMap(({ demand }) => weighted(demand))),
        ...page,
        entries: page.entries.map(({ fromS, supply, demand }) => ({ from: isoTime(fromS), supply, demand })),
      };
    },
  });
}

function kept(history: HistoryReader | null): HistoryReader {
  if (history === null) throw new ApiError(404, 'no history is kept here: history_days is 0');
  return history;
}

/** @throws ApiError 400: it ends before it begins */
function rangeOf(
  { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined },
  nowMs: number,
): HistoryRange {
  const toS = to ?? Math.floor(nowMs / 1000);
  const fromS = from ?? toS - USUAL_S;
  if (fromS > toS) throw new ApiError(400, '`from` is later than `to`');
  return { fromS, toS };
}

/** Which part of the time is not whole. Days without any entry are before the history, or not reached yet. */
function told({ fromS, toS }: HistoryRange, days: readonly HistoryDay[], nowMs: number) {
  const asked = days.filter(({ day }) => day >= dayOf(fromS) && day <= dayOf(toS));
  const gaps = asked.flatMap(({ day, gap }) => (gap === null ? [] : [{ day: dayName(day), why: gap }]));
  const lastDay = dayOf(Math.min(toS, nowMs / 1000));
  const isCovered = asked[0]?.day === dayOf(fromS) && asked.at(-1)?.day === lastDay;
  return { from: isoTime(fromS), to: isoTime(toS), isWhole: isCovered && gaps.length === 0, gaps };
}

function weighted(range: PriceRange | null): Weighted[] {
  return range === null ? [] : [{ value: range.mean, weight: range.observations }];
}

function pageOf<T>(
  all: readonly T[],
  cursorOf: (entry: T) => Cursor,
  { limit, cursor }: { readonly limit: number; readonly cursor?: Cursor | undefined },
) {
  const isLater = (entry: T) => {
    const { key, id } = cursorOf(entry);
    return cursor === undefined || key > cursor.key || (key === cursor.key && id > cursor.id);
  };
  const first = all.findIndex(isLater);
  const entries = first < 0 ? [] : all.slice(first, first + limit);
  const last = entries.at(-1);
  const isLast = last === undefined || first + limit >= all.length;
  return { total: all.length, next: isLast ? null : parameters.writeCursor(cursorOf(last)), entries };
}
