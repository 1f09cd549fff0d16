import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import type { MapFilter } from '../../../../domain/galaxy/map.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { maxAge, searchParameters, seenAfter, seenBefore, stationFilter } from '../../api/filters.ts';
import type { Goods } from '../../api/goods.ts';
import { encodeMap } from '../../api/map-file.ts';
import * as parameters from '../../api/parameters.ts';
import { acceptsGzip } from '../../files/conditions.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** How long a map that was made is given to others; ages are times in it, so that it does not age itself. */
const GOOD_FOR_MS = 10_000;
/** Maps of other questions that are kept meanwhile: at 94,000 markets some 1.3 MB each. */
const MOST_KEPT = 4;
/** The fastest that makes a map much smaller. */
const LEVEL = 3;

interface Made {
  readonly atMs: number;
  readonly map: Promise<{ readonly zipped: Buffer; readonly etag: string }>;
}

/** All markets as points, in one file of columns. */
export function mapRoutes(api: Api, deps: ApiDeps, goods: Goods): void {
  const { queries } = deps;
  const kept = new Map<string, Made>();

  api.getBytes({
    path: '/map',
    summary: 'All markets that fit as one file of columns: where each is, and when it was seen',
    description:
      'Twelve bytes (`TDLMAP01`, then the number of markets as uint32) and columns of four bytes a market, little-endian: ' +
      'x, y, z (float32, light years from Sol), seen (uint32, epoch seconds, 0: never), gap (uint32: the market id less ' +
      'the one before). Construction sites are left out.',
    params: NO_PARAMS,
    query: z.strictObject({
      ...searchParameters(50),
      carriers: parameters.stationConditions.carriers.default('included'),
      maxAge,
      olderThan: parameters.durationS
        .optional()
        .describe('Only markets not seen for this long, never seen ones among them'),
      groups: parameters.groups.optional(),
      services: parameters.services.optional(),
      commodity: z
        .string()
        .min(1)
        .max(128)
        .optional()
        .describe('Only where this good is traded: symbol, name or id'),
      side: z
        .enum(['supply', 'demand'])
        .optional()
        .describe('`commodity` is sold there and in stock (supply), or bought and wanted (demand)'),
    }),
    type: 'application/octet-stream',
    maxAgeS: GOOD_FOR_MS / 1000,
    async handle({ query, headers }) {
      const { zipped, etag } = await mapOf(query);
      return acceptsGzip(headers)
        ? { bytes: zipped, encoding: 'gzip', etag: `W/"${etag}"` }
        : { bytes: await expand(zipped), etag: `W/"${etag}"` };
    },
  });

  /** The same question is answered once in a while. */
  function mapOf(query: Parameters<typeof filterOf>[0]): Made['map'] {
    const key = JSON.stringify(query);
    const nowMs = deps.now();
    for (const [each, { atMs }] of kept) if (nowMs - atMs >= GOOD_FOR_MS) kept.delete(each);
    const known = kept.get(key);
    if (known !== undefined) return known.map;
    const map = make(query);
    kept.set(key, { atMs: nowMs, map });
    map.catch(() => kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return map;
  }

  async function make(query: Parameters<typeof filterOf>[0]) {
    const bytes = encodeMap(await queries.map(await filterOf(query)));
    const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    return { zipped: await compress(bytes, { level: LEVEL }), etag };
  }

  async function filterOf(
    query: Parameters<typeof stationFilter>[1] & {
      readonly maxAge?: number | undefined;
      readonly olderThan?: number | undefined;
      readonly commodity?: string | undefined;
      readonly side?: 'supply' | 'demand' | undefined;
    },
  ): Promise<MapFilter> {
    const { commodity, side, maxAge: maxAgeS, olderThan } = query;
    if ((commodity === undefined) !== (side === undefined))
      throw new ApiError(400, 'give `commodity` and `side` together');
    return {
      ...(await stationFilter(deps, query)),
      ...seenAfter(deps, maxAgeS),
      exceptGroups: ['construction'],
      ...seenBefore(deps, olderThan),
      ...(commodity !== undefined &&
        side !== undefined && { good: { itemId: await goods.idOf(commodity), side } }),
    };
  }
}
