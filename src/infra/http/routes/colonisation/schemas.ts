import { z } from 'zod';
import { offer, station } from '../../api/answers.ts';

const time = z.iso.datetime().nullable();
const tonnes = z.int().min(0);
const share = z.number().min(0).max(1);

const seen = {
  seenAt: time.describe('When something was last told of it'),
  ageS: z.int().min(0).nullable(),
};

const place = {
  systemName: z.string().nullable(),
  systemId: z.string().nullable(),
};

export const site = z
  .object({
    marketId: z.int(),
    name: z.string().nullable(),
    type: z.string().nullable(),
    ...place,
    state: z
      .enum(['planned', 'building', 'complete', 'failed'])
      .describe('`planned`: nobody has told yet what it takes'),
    completedBy: z
      .enum(['depot', 'docking', 'galaxy'])
      .nullable()
      .describe(
        'What tells that it is complete: the build itself, a docking at the port it is now, feed or dump',
      ),
    source: z
      .enum(['journals', 'galaxy'])
      .describe('`galaxy`: only the feed or a dump tells that it is there, and nobody what it takes'),
    progress: share.nullable().describe('Share of what is required that is there; null: unknown'),
    percent: z.number().min(0).max(100).nullable().describe('The same, rounded down: only 1 is 100'),
    required: tonnes.nullable(),
    provided: tonnes.nullable(),
    remaining: tonnes.nullable(),
    ...seen,
  })
  .meta({ id: 'Build' });

export const wholeSite = site.extend({
  goods: z.array(
    z.object({
      symbol: z.string(),
      name: z.string().nullable().describe("As somebody's game named it"),
      required: tonnes.nullable(),
      provided: tonnes,
      remaining: tonnes.nullable(),
      payment: z.number().nullable().describe('Credits a tonne'),
      percent: z.number().nullable(),
    }),
  ),
  delivered: z.array(z.object({ commander: z.string().nullable(), tonnes })),
  lastDeliveryAt: time,
});

const hold = z
  .object({
    goods: z.array(z.object({ symbol: z.string(), tonnes })),
    unaccounted: z
      .int()
      .nullable()
      .describe('Tonnes that are there and on no list; null: nobody has counted'),
    listedAt: time,
    listAgeS: z.int().min(0),
  })
  .nullable()
  .describe('Null: unknown');

export const carrier = z
  .object({
    carrierId: z.int(),
    callsign: z.string().nullable(),
    name: z.string().nullable(),
    isSquadrons: z.boolean().nullable(),
    commander: z.string().nullable(),
    ...place,
    transit: z.looseObject({ departsAt: time }).nullable().describe('Where it jumps to; null: nowhere'),
    capacity: z.number().nullable(),
    freeSpace: z.number().nullable(),
    fuel: z.number().nullable(),
    hold,
    orders: z.array(
      z.object({
        symbol: z.string(),
        side: z.enum(['sells', 'buys']),
        tonnes,
        price: z.number().nullable(),
      }),
    ),
    ...seen,
  })
  .meta({ id: 'Carrier' });

export const commander = z
  .object({
    name: z.string().nullable(),
    ...place,
    station: z.looseObject({ name: z.string(), marketId: z.int(), type: z.string().nullable() }).nullable(),
    ship: z
      .object({
        type: z.string(),
        cargoCapacity: z.number().nullable(),
        maxJumpRangeLy: z.number().nullable(),
      })
      .nullable(),
    cargo: hold,
    ...seen,
  })
  .meta({ id: 'Commander' });

export const watcher = z.object({
  folder: z.string(),
  state: z.enum(['absent', 'scanning', 'tailing', 'backingOff', 'closed']),
  files: z.int().nullable(),
  progress: share.nullable().describe('Of the first reading; null: it has ended, or not begun'),
  problems: z.array(z.string()),
  lastError: z.string().nullable(),
});

export const sender = z.object({
  name: z.string().describe('Of the token'),
  lines: z.int().describe('That told something, since the daemon began'),
  lastAt: z.iso.datetime(),
});

const loads = z.object({ remaining: z.int(), toBuy: z.int() }).nullable();

export const summary = z.object({
  sites: z.int(),
  unknownSites: z.array(z.int()).describe('Builds that nobody has told the goods of: they count for nothing'),
  goods: z.int(),
  required: tonnes,
  provided: tonnes,
  percent: z.number().nullable(),
  remaining: tonnes,
  onCarriers: tonnes,
  aboard: tonnes,
  toBuy: tonnes,
  loads,
  payment: z.number(),
  mostNeeded: z.string().nullable(),
  unknownCarriers: z.array(z.int()).describe('Carriers whose hold is unknown: they count as empty'),
});

const seller = offer
  .extend({ marginPerTonne: z.number().nullable().describe('Payment less price; null: no payment is known') })
  .nullable();

export const need = z.object({
  symbol: z.string(),
  name: z.string().nullable(),
  required: tonnes,
  provided: tonnes,
  percent: z.number().nullable(),
  remaining: tonnes,
  onCarriers: tonnes,
  aboard: tonnes,
  toBuy: tonnes.describe('What nobody has yet'),
  loads,
  payment: z.number().nullable().describe('Credits a tonne, the mean of the builds'),
  sites: z.array(z.int()),
  supply: z
    .object({
      nearest: seller,
      cheapest: seller,
      freshest: seller,
      sellers: z.int().describe('Markets that sell it'),
      implausibleSellers: z.int().describe('Of them with prices that no real market asks'),
      stock: tonnes.describe('Of the cheapest thousand'),
      shortfall: tonnes.describe('Tonnes that nobody found sells'),
    })
    .nullable()
    .describe('Null: nothing is to be bought, or nobody knows where it is wanted'),
});

/** Stale markets that would sell most of what is needed, and how to have somebody look at them. */
export const scout = z
  .object({
    olderThanS: z.int(),
    suppliers: z.array(
      station.extend({
        distanceLy: z.number(),
        goods: z.array(z.object({ symbol: z.string(), buyPrice: z.int(), stock: z.int() })),
      }),
    ),
    plan: z.string().describe('Address of a tour past them'),
    order: z
      .object({ method: z.literal('POST'), path: z.string(), body: z.record(z.string(), z.string()) })
      .describe('Makes that tour, with a token that has the scope `tours`'),
    command: z.string().describe('The same in a terminal'),
  })
  .nullable()
  .describe('Suppliers that nobody has looked at for a while; null: there are none');

const leg = {
  distanceLy: z.number().describe('From the stop before'),
  jumps: z.int(),
  seconds: z.int().describe('From leaving the stop before until the market is read'),
  guess: z.boolean().describe('The distance from the star is unknown, or farther than anybody has measured'),
};

export const load = z.object({
  times: z.int().min(1).describe('So many flights alike'),
  tonnes: z.int().min(1).describe('Of one'),
  seconds: z.int().describe('Of one: there, from stop to stop, and back'),
  tonnesPerMinute: z.number(),
  stops: z.array(
    station.extend({
      ...leg,
      goods: z.array(
        z.object({
          symbol: z.string(),
          name: z.string().nullable(),
          tonnes: z.int().min(1),
          buyPrice: z.int(),
          marginPerTonne: z.number().nullable(),
        }),
      ),
    }),
  ),
  back: z.object(leg),
});

export const shortfall = z.object({
  symbol: z.string(),
  name: z.string().nullable(),
  toBuy: tonnes,
  planned: tonnes,
  missing: z.int().min(1),
  why: z.enum(['unknown good', 'not enough is sold']),
});
