import { z } from 'zod';
import { daysBetween, isDay, MAX_DAYS } from '../../../domain/eddn/archives.ts';
import { AppError } from '../../../domain/errors.ts';
import { defaultMaxRestarts } from '../../../domain/jobs/job.ts';
import { LOG_LEVELS, type LogLevel, type RecentLine } from '../../../domain/ports/log.ts';
import type { Jobs } from '../../../domain/ports/upkeep/jobs.ts';
import { parse } from '../api/endpoint.ts';
import { ApiError } from '../api/errors.ts';
import { answerStoreError } from '../api/manners.ts';
import { refuse, type HttpApp } from '../app.ts';

export interface JobRoutesDeps {
  /** @throws AppError where none can be kept */
  readonly jobs: () => Promise<Jobs>;
  /** The daemon's log, the newest lines. */
  readonly log: {
    readonly read: (asked: { readonly level: LogLevel; readonly after: number }) => readonly RecentLine[];
  };
}

const JOBS = '/api/v1/jobs';

const byId = z.strictObject({ id: z.string().max(64) });
const day = z.string().refine(isDay, 'give a day, YYYY-MM-DD');

/** Files are replayed by who is on this machine: over HTTP nobody finds out which there are. */
const order = z.strictObject({
  work: z
    .strictObject({ kind: z.literal('backfill'), from: day, to: day })
    .refine(
      ({ from, to }) => daysBetween(from, to) !== null,
      `"to" is before "from", or ${MAX_DAYS} days after it`,
    ),
});

const lines = z.strictObject({
  level: z.enum(LOG_LEVELS).default('info'),
  after: z.coerce.number().int().min(0).default(0),
});

/** Jobs, and what the daemon has logged: everything takes a token that may operate. */
export function jobRoutes(app: HttpApp, { jobs, log }: JobRoutesDeps): void {
  const config = { requires: 'operate' } as const;

  app.setErrorHandler<Error>((error, _request, reply) => {
    if (error instanceof ApiError) return refuse(reply, error.statusCode, error.message);
    if (error instanceof AppError && ['usage', 'refused'].includes(error.code)) {
      return refuse(reply, 400, [error.message, error.advice].filter(Boolean).join(': '));
    }
    return answerStoreError(error, reply);
  });

  app.get('/api/v1/log', { config }, ({ query }) => ({ entries: log.read(parse(lines, query)) }));

  app.get(JOBS, { config }, async () => ({ entries: await (await jobs()).list() }));

  app.get(`${JOBS}/:id`, { config, schema: { params: byId } }, ({ params: { id } }) => known(id));

  app.get(`${JOBS}/:id/log`, { config, schema: { params: byId } }, async ({ params: { id }, query }) => {
    const asked = parse(lines, query);
    await known(id);
    return { entries: await (await jobs()).logs(id, { ...asked, sinceMs: 0 }) };
  });

  app.post(JOBS, { config, schema: { body: order } }, async ({ body: { work } }, reply) => {
    const restart = 'on-failure';
    const job = await (await jobs()).create({ work, restart, maxRestarts: defaultMaxRestarts(restart) });
    return reply.code(201).send(job);
  });

  app.post(`${JOBS}/:id/stop`, { config, schema: { params: byId } }, async ({ params: { id } }) => {
    await known(id);
    return (await jobs()).stop(id);
  });

  app.delete(`${JOBS}/:id`, { config, schema: { params: byId } }, async ({ params: { id } }) => {
    await known(id);
    await (await jobs()).remove(id);
    return { id, removed: true };
  });

  async function known(id: string) {
    const found = (await (await jobs()).list()).find((job) => job.id === id);
    if (found === undefined) throw new ApiError(404, `there is no job ${id}`);
    return found;
  }
}
