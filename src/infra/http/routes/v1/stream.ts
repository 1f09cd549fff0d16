import type { OutgoingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { Watch } from '../../../../domain/push/watch.ts';
import type { Push } from '../../../../domain/ports/push.ts';
import type { HttpApp } from '../../app.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { parse } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { defined } from '../../api/filters.ts';
import type { Goods } from '../../api/goods.ts';
import * as parameters from '../../api/parameters.ts';
import { resolvePlace, resolveSystem } from '../../api/places.ts';
import { EventWriter } from '../../push/event-stream.ts';
import { position, positionNow, readPosition } from '../../push/position.ts';

const query = z.strictObject({
  since: position.optional(),
  markets: parameters.marketIds.optional(),
  systems: parameters.places.optional(),
  near: parameters.place.optional(),
  within: parameters.within(50),
  commodities: parameters.names.optional(),
  side: z.enum(['supply', 'demand']).optional(),
  minPrice: parameters.whole(1, 1_000_000_000).optional(),
  maxPrice: parameters.whole(1, 1_000_000_000).optional(),
  minUnits: parameters.whole(0, 2_000_000_000).optional(),
});

/** Whoever named a position that is none has lost his place. */
const NOWHERE = { logId: '', seq: 0 };

/** What changes, as server-sent events (docs/api.md). */
export function streamRoutes(app: HttpApp, deps: ApiDeps, goods: Goods, push: () => Promise<Push>): void {
  const writer = new EventWriter(goods, deps.now);
  let hub: Push | undefined;
  // Else open streams would hold up the end of the server.
  app.addHook('preClose', (done) => {
    hub?.close();
    done();
  });

  app.get('/stream', { exposeHeadRoute: false, config: { listens: true } }, async (request, reply) => {
    const asked = parse(query, request.query);
    const watch = await watchOf(asked, deps, goods);
    const lastId = request.headers['last-event-id'];
    const since = typeof lastId === 'string' ? (readPosition(lastId) ?? NOWHERE) : (asked.since ?? null);
    await writer.prepare();
    hub = await push();
    await positionNow(hub);
    const { raw } = reply;
    if (raw.destroyed) return reply;
    const head = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
    // Those of all answers, and what lets pages of other origins in.
    const sink = writer.sink(raw, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...head });
    const subscription = hub.subscribe(watch, since, sink);
    if (subscription === null) throw new ApiError(503, 'there are too many subscribers: come again later');
    void reply.hijack();
    raw.on('drain', () => subscription.drained());
    raw.on('close', () => subscription.gone());
    return reply;
  });
}

async function watchOf(asked: z.output<typeof query>, deps: ApiDeps, goods: Goods): Promise<Watch> {
  const { queries } = deps;
  const { markets, systems, near, within, commodities, side, minPrice, maxPrice, minUnits } = asked;
  const systemIds = await Promise.all((systems ?? []).map((name) => resolveSystem(queries, name)));
  const found = await Promise.all((commodities ?? []).map((name) => goods.find(name)));
  const point = near === undefined ? undefined : await resolvePlace(queries, near);
  return defined({
    marketIds: markets === undefined ? undefined : new Set(markets),
    systemIds: systems === undefined ? undefined : new Set(systemIds.map(({ id }) => id)),
    itemIds: commodities === undefined ? undefined : new Set(found.map(({ commodityId }) => commodityId)),
    near: point === undefined ? undefined : { x: point.x, y: point.y, z: point.z, withinLy: within },
    ...{ side, minPrice, maxPrice, minUnits },
  });
}
