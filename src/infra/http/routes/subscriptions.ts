import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { NamedSubscriptions } from '../../../domain/ports/publishing/named-subscriptions.ts';
import type { Push } from '../../../domain/ports/publishing/push.ts';
import { subscriptionId, type NamedSubscription } from '../../../domain/push/definition.ts';
import { isoTime } from '../../../domain/timestamp.ts';
import type { ApiDeps } from '../api/deps.ts';
import { ApiError } from '../api/errors.ts';
import { Goods } from '../api/goods.ts';
import { answerStoreError } from '../api/manners.ts';
import type { HttpApp } from '../app.ts';
import type { BuildNeeds } from '../push/builds.ts';
import { positionNow } from '../push/position.ts';
import { admitsTo, readNamed, watchOf } from '../push/watching.ts';

const SUBSCRIPTIONS = '/api/v1/subscriptions';

const byId = z.strictObject({ id: z.string().max(64) });

export interface SubscriptionDeps extends ApiDeps {
  readonly named: NamedSubscriptions;
  readonly push: () => Promise<Push>;
  /** Absent: no journals are followed. */
  readonly builds?: BuildNeeds;
  /** Nothing is made or removed while it starts or stops. */
  readonly phase: () => 'starting' | 'running' | 'stopping';
}

/** What can be listened to by its name: who makes, sees or removes one shows a token; who listens needs none. */
export function subscriptionRoutes(app: HttpApp, deps: SubscriptionDeps): void {
  const { named, push, phase, builds } = deps;
  const config = { requires: 'subscriptions' } as const;
  const goods = new Goods(deps);

  app.setErrorHandler<Error>((error, _request, reply) => {
    if (error instanceof ApiError) {
      return reply.code(error.statusCode).send({ error: error.message, ...error.facts });
    }
    return answerStoreError(error, reply);
  });

  app.get(SUBSCRIPTIONS, { config }, async () => ({ entries: (await named.list()).map(described) }));

  app.get(`${SUBSCRIPTIONS}/:id`, { config, schema: { params: byId } }, async ({ params: { id } }) =>
    described(await known(id)),
  );

  app.post(SUBSCRIPTIONS, { config }, async (request, reply) => {
    assertRunning();
    const { body, tokenName } = request;
    const { name, watch } = readNamed(body);
    if (!(await admitsTo(watch, builds, { app, request, reply }))) return reply;
    await positionNow(await push());
    await watchOf(deps, goods, watch);
    const added = await named.add(name, watch, tokenName ?? '');
    if (added.outcome === 'full') {
      throw conflict('full', 'there are as many subscriptions as can be kept: remove one first');
    }
    const { subscription, outcome } = added;
    if (outcome === 'other') {
      const { watch: there } = subscription;
      throw new ApiError(409, `${name} watches something else: remove it first, or take another name`, {
        ...{ code: 'exists', watch: there },
      });
    }
    return answer(reply.code(outcome === 'made' ? 201 : 200), subscription);
  });

  app.delete(`${SUBSCRIPTIONS}/:id`, { config, schema: { params: byId } }, async ({ params: { id } }) => {
    assertRunning();
    const subscription = await known(id);
    if (subscription.madeBy === null) {
      throw conflict('configured', `${id} is in the configuration: take it out there`);
    }
    await named.remove(subscriptionId(id));
    return described(subscription);
  });

  function assertRunning(): void {
    const now = phase();
    if (now === 'running') return;
    throw conflict(
      now,
      `the daemon is ${now}: ${now === 'starting' ? 'try again' : 'come again'} in a moment`,
    );
  }

  async function known(id: string): Promise<NamedSubscription> {
    const found = await named.get(subscriptionId(id));
    if (found === undefined) throw new ApiError(404, `there is no subscription ${id}`);
    return found;
  }
}

function answer(reply: FastifyReply, subscription: NamedSubscription): FastifyReply {
  const body = described(subscription);
  return reply.header('location', `${SUBSCRIPTIONS}/${body.id}`).send(body);
}

function described({ name, watch, madeBy, madeAtS }: NamedSubscription) {
  const id = subscriptionId(name);
  return {
    ...{ id, name, watch, source: madeBy === null ? 'config' : 'api', madeBy },
    madeAt: madeAtS === null ? null : isoTime(madeAtS),
    stream: `/api/v1/stream?subscription=${id}`,
  };
}

function conflict(code: string, message: string): ApiError {
  return new ApiError(409, message, { code });
}
