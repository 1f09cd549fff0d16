import { isoTime } from '../../../../domain/timestamp.ts';
import { z } from 'zod';
import type { Push } from '../../../../domain/ports/publishing/push.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import type { ApiDeps } from '../../api/deps.ts';
import * as parameters from '../../api/parameters.ts';
import { noLog, position, positionNow, writePosition } from '../../push/position.ts';

const MAX_WAIT_S = 60;

const change = z.object({
  seq: z.int(),
  kind: z.enum(['market', 'station', 'system']),
  id: z.string().describe('Market id of a market or station, id64 of a system; as text'),
  source: z.enum(['live', 'learned', 'dump', 'purge', 'repair']),
  observedAt: z.iso.datetime().nullable().describe('Null: nobody observed it, rows were deleted'),
  writtenAt: z.iso.datetime(),
});

/** The change log, for those who ask again and again. */
export function changeRoutes(api: Api, { queries }: ApiDeps, push: () => Promise<Push>): void {
  api.get({
    path: '/changes',
    summary: 'What has been written since a position: markets, stations, systems',
    description:
      'Without `since` the answer is the position now. With one it waits until there is something, `wait` seconds at most. ' +
      '`begin` says that what followed is not known any more: read what you want to know, then go on from `position`.',
    params: NO_PARAMS,
    query: z.strictObject({
      since: position.optional(),
      limit: parameters.limit,
      wait: parameters.whole(0, MAX_WAIT_S).default(25).describe('Seconds to wait for the first change'),
    }),
    answer: z.object({
      position: z.string().describe('Give it as `since`'),
      begin: z.boolean(),
      changes: z.array(change),
    }),
    maxAgeS: 0,
    listens: true,
    async handle({ query: { since, limit, wait } }) {
      const hub = await push();
      const now = await positionNow(hub);
      if (since === undefined) return { position: writePosition(now), begin: false, changes: [] };
      let page = await queries.changesSince(since.seq, limit);
      const isAhead = page !== null && page.logId === since.logId && page.lastSeq < since.seq;
      // Told by another server: this one may be behind.
      if (isAhead && (await hub.reach(since))) page = await queries.changesSince(since.seq, limit);
      if (page?.changes?.length === 0 && page.logId === since.logId && wait > 0) {
        await hub.after(since, wait * 1000, new AbortController().signal);
        page = await queries.changesSince(since.seq, limit);
      }
      if (page === null) throw noLog();
      if (page.logId !== since.logId || page.changes === null) {
        const position = writePosition({ logId: page.logId, seq: page.lastSeq });
        return { position, begin: true, changes: [] };
      }
      const seq = page.changes.at(-1)?.seq ?? since.seq;
      return {
        position: writePosition({ logId: page.logId, seq }),
        begin: false,
        changes: page.changes.map((each) => ({
          ...{ seq: each.seq, kind: each.kind, id: String(each.id), source: each.source },
          observedAt: isoTime(each.observedAtS),
          writtenAt: isoTime(each.writtenAtS),
        })),
      };
    },
  });
}
