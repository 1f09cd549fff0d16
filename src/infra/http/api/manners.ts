import rateLimit from '@fastify/rate-limit';
import type { FastifyReply } from 'fastify';
import { AppError, describeError, StoreError } from '../../../domain/errors.ts';
import type { NamedSubscriptions } from '../../../domain/ports/publishing/named-subscriptions.ts';
import type { HistoryReader } from '../../../domain/ports/publishing/history.ts';
import type { Push } from '../../../domain/ports/publishing/push.ts';
import type { HttpApp } from '../app.ts';
import type { BuildNeeds } from '../push/builds.ts';
import { addCompression } from '../compression.ts';
import { addTags } from '../tags.ts';
import type { ApiDeps } from './deps.ts';
import type { DescribedEndpoint } from './endpoint.ts';

export interface ApiOptions extends ApiDeps {
  /** Questions a minute that one client may ask; null: any number. */
  readonly questionsPerMinute: number | null;
  /** Tells what changes; absent: nobody does. Nothing is loaded before the first call. */
  readonly push?: () => Promise<Push>;
  /** What builds need; absent: no journals are followed. */
  readonly builds?: BuildNeeds;
  /** What has a name to be listened to. */
  readonly named?: NamedSubscriptions;
  /** Absent: none is kept. */
  readonly history?: HistoryReader;
  /** Where every route that is described under `/api/v1/openapi.json` adds itself; absent: nobody else does. */
  readonly described?: DescribedEndpoint[];
  readonly version: string;
}

/** What every API here does besides answering: a limit for each client, entity tags, compression, the lag of a replica. */
export async function addManners(
  scope: HttpApp,
  { questionsPerMinute, queries }: Pick<ApiOptions, 'questionsPerMinute' | 'queries'>,
): Promise<void> {
  if (questionsPerMinute !== null) {
    await scope.register(rateLimit, {
      max: questionsPerMinute,
      timeWindow: '1 minute',
      errorResponseBuilder: (_request, { after }) =>
        Object.assign(new Error(`too many questions: ask again in ${after}`), { statusCode: 429 }),
    });
  }
  // Asked before the question: the answer is no older than that.
  scope.addHook('preHandler', async (_request, reply) => {
    const replica = await queries.replicaLag();
    if (replica !== null) void reply.header('replica-lag-s', replica.lagS?.toFixed(1) ?? 'unknown');
  });
  await addTags(scope);
  await addCompression(scope);
}

/** Answers for a database that is away, and for what is too much at once; anything else is not ours. */
export function answerStoreError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof AppError && (error.code === 'plan' || error.code === 'history')) {
    return reply
      .code(503)
      .header('retry-after', '60')
      .send({ error: describeError(error) });
  }
  if (!(error instanceof StoreError)) throw error;
  const why =
    error.code === 'readOnly'
      ? 'the database cannot be written from here: ask a daemon, or again later'
      : 'the database cannot answer now: ask again in a moment';
  return reply.code(503).header('retry-after', '5').send({ error: why });
}
