import type { OutgoingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { NamedSubscriptions } from '../../../../domain/ports/publishing/named-subscriptions.ts';
import type { Push, Subscription } from '../../../../domain/ports/publishing/push.ts';
import { subscriptionId, type WatchDefinition } from '../../../../domain/push/definition.ts';
import type { Watch } from '../../../../domain/push/watch.ts';
import type { HttpApp } from '../../app.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { parse } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import type { Goods } from '../../api/goods.ts';
import { EventWriter } from '../../push/event-stream.ts';
import type { BuildNeeds } from '../../push/builds.ts';
import { position, positionNow, readPosition } from '../../push/position.ts';
import { admitsTo, definitionOf, tagOf, watchOf, watchShape } from '../../push/watching.ts';

const query = z.strictObject({
  since: position.optional(),
  subscription: z.string().min(1).max(64).optional(),
  ...watchShape,
});

/** Whoever named a position that is none has lost his place. */
const NOWHERE = { logId: '', seq: 0 };

/** What somebody listens to: what he says, or what has the name he gives. */
interface Listening {
  readonly watch: WatchDefinition;
  readonly id: string | null;
  readonly tag: string | null;
}

export interface StreamDeps extends ApiDeps {
  readonly push: () => Promise<Push>;
  /** Absent: nothing has a name. */
  readonly named?: NamedSubscriptions;
  /** Absent: no journals are followed. */
  readonly builds?: BuildNeeds;
}

/** What changes, as server-sent events (docs/api.md). */
export function streamRoutes(app: HttpApp, deps: StreamDeps, goods: Goods): void {
  const writer = new EventWriter(goods, deps.now);
  let hub: Push | undefined;
  // Else open streams would hold up the end of the server.
  app.addHook('preClose', (done) => {
    hub?.close();
    done();
  });

  app.get('/stream', { exposeHeadRoute: false, config: { listens: true } }, async (request, reply) => {
    const asked = parse(query, request.query);
    const { watch: definition, id, tag: definitionTag } = await listeningTo(asked);
    if (!(await admitsTo(definition, deps.builds, { app, request, reply }))) return reply;
    const watch = await watchOf(deps, goods, definition);
    const tag = definition.builds === undefined ? definitionTag : tagOf(definition, watch.itemIds);
    const lastId = request.headers['last-event-id'];
    const told = typeof lastId === 'string' ? lastId : (request.query as { since?: string }).since;
    const since = told === undefined ? null : (readPosition(told, tag) ?? NOWHERE);
    hub = await deps.push();
    hub.beforeTelling((markets) => writer.prepare(markets));
    await positionNow(hub);
    const { raw } = reply;
    if (raw.destroyed) return reply;
    const head = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
    // Those of all answers, and what lets pages of other origins in.
    const sink = writer.sink(raw, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...head }, tag);
    const subscription = hub.subscribe(watch, since, sink);
    if (subscription === null) throw new ApiError(503, 'there are too many subscribers: come again later');
    void reply.hijack();
    raw.on('drain', () => subscription.drained());
    raw.on('close', () => subscription.gone());
    if (id !== null) raw.on('close', follow(id, definitionTag, subscription));
    if (definition.builds !== undefined) raw.on('close', followBuilds(definition, watch, subscription));
    return reply;
  });

  /** Ends with what is watched by a name, also when that has changed since it was looked up. */
  function follow(id: string, tag: string | null, subscription: Subscription): () => void {
    const leave = deps.named?.listen(id, (reason) => subscription.end(reason));
    void deps.named
      ?.get(id)
      .then((now) => {
        if (now === undefined) subscription.end('removed');
        else if (tagOf(now.watch) !== tag) subscription.end('changed');
      })
      .catch(() => undefined);
    return () => leave?.();
  }

  /** What is not needed any more is not told any more; with what is needed besides it begins anew. */
  function followBuilds(definition: WatchDefinition, first: Watch, subscription: Subscription): () => void {
    let before = first.itemIds ?? new Set<number>();
    let looking: Promise<unknown> = Promise.resolve();
    const look = async () => {
      const watch = await watchOf(deps, goods, definition);
      const { itemIds = before } = watch;
      if (!itemIds.isSubsetOf(before)) subscription.end('changed');
      else if (itemIds.size < before.size) subscription.narrow(watch);
      before = itemIds;
    };
    const leave = deps.builds?.onChange(() => {
      // A database that is away is asked again with the next change.
      looking = looking.then(look).catch(() => undefined);
    });
    return () => leave?.();
  }

  async function listeningTo(asked: z.output<typeof query>): Promise<Listening> {
    const { subscription } = asked;
    if (subscription === undefined) return { watch: definitionOf(asked), id: null, tag: null };
    const others = Object.keys(definitionOf(asked));
    if (others.length > 0)
      throw new ApiError(400, `subscription says what is watched: leave ${others.join(', ')} away`);
    const id = subscriptionId(subscription);
    const found = await deps.named?.get(id);
    if (found === undefined) throw new ApiError(404, `there is no subscription ${subscription}`);
    return { watch: found.watch, id, tag: tagOf(found.watch) };
  }
}
