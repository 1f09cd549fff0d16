import { z } from 'zod';
import type { ImportAsker } from '../../actors/spansh-updater/given.ts';
import type { System } from '../../actors/system.ts';
import { AppError } from '../../domain/errors.ts';
import { daysBetween, isDay, MAX_DAYS } from '../../domain/eddn/archives.ts';
import { defaultMaxRestarts, RESTART_POLICIES } from '../../domain/jobs/job.ts';
import { JOB_LOG_LEVELS, type Jobs } from '../../domain/ports/upkeep/jobs.ts';
import type { Reloaded } from '../../domain/ports/commanders/colonisation.ts';
import type { ImportProgress, ImportResult } from '../../domain/ports/galaxy/spansh-updater.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import { InvalidParams, type CallContext, type Method, type Methods } from '../../infra/control/json-rpc.ts';
import { isUrl } from '../../infra/spansh/download.ts';
import { findArchives } from '../ports/archives.ts';

export interface ControlDeps {
  /** @throws AppError where none can be kept */
  readonly jobs: () => Promise<Jobs>;
  readonly status: () => Promise<unknown>;
  readonly asking: System['asking'];
  /** Reads all journals anew; null: none are followed. */
  readonly reloadJournals: (() => Promise<Reloaded>) | null;
  readonly store: Pick<AggregateStore, 'aggregates'>;
}

/** No file system takes a NUL. */
const isPath = (text: string) => text.startsWith('/') && !text.includes('\0');

const none = z.strictObject({});
const purge = z.strictObject({ force: z.boolean().default(false), repair: z.boolean().default(false) });
const given = z.strictObject({
  from: z.string().refine((from) => isPath(from) || isUrl(from), 'is an absolute path or an address'),
  /** Null: whatever its age. */
  maxAgeDays: z.number().positive().nullable().optional(),
});
const oneJob = z.strictObject({ id: z.string() });
const day = z.string().refine(isDay, 'is a day, YYYY-MM-DD');

const work = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('replay'),
    files: z.array(z.string().refine(isPath, 'is an absolute path')).min(1),
    again: z.boolean().default(false),
  }),
  z
    .strictObject({ kind: z.literal('backfill'), from: day, to: day })
    .refine(
      ({ from, to }) => daysBetween(from, to) !== null,
      `"to" is not before "from", nor ${MAX_DAYS} days after it`,
    ),
]);

const order = z.strictObject({
  work,
  restart: z.enum(RESTART_POLICIES).default('on-failure'),
  maxRestarts: z.int().min(0).nullable().optional(),
});

const logQuestion = z.strictObject({
  id: z.string(),
  level: z.enum(JOB_LOG_LEVELS).default('debug'),
  since: z.iso.datetime({ offset: true }).optional(),
  after: z.int().min(0).default(0),
});

/** What a daemon may be asked, docs/jobs.md tells of each. */
export function controlMethods({ jobs, status, store, asking, reloadJournals }: ControlDeps): Methods {
  return {
    status: method(none, status),
    'tours.list': method(none, async () => (await import('../commanders/tours.ts')).keptTours(store)),
    'patrols.list': method(none, async () => (await import('../commanders/patrols.ts')).keptPatrols(store)),
    // Each is done by the machine whose work it is.
    export: method(none, asking.exportLive),
    publish: method(none, asking.publish),
    import: method(given, async ({ from, maxAgeDays }, context) => {
      const dump = { from, maxAgeDays: maxAgeDays === null ? Infinity : maxAgeDays };
      return answerOf(await asking.import(dump, askerOf(context)));
    }),
    purge: method(purge, (options) => asking.maintain({ task: 'purge', ...options })),
    optimize: method(none, () => asking.maintain({ task: 'optimize' })),
    'journals.reload': method(none, async () => {
      if (reloadJournals !== null) return reloadJournals();
      throw new AppError('refused', 'this daemon follows no journals', {
        advice: 'name their folders in journal_dirs',
      });
    }),
    yield: method(none, async () => {
      await asking.yield();
      return {};
    }),
    'jobs.create': method(order, async ({ work: asked, restart, maxRestarts }) => {
      // What cannot be read would be found out when nobody looks any more.
      if (asked.kind === 'replay') await findArchives(asked.files);
      const most = maxRestarts === undefined ? defaultMaxRestarts(restart) : maxRestarts;
      return (await jobs()).create({ work: asked, restart, maxRestarts: most });
    }),
    'jobs.list': method(none, async () => (await jobs()).list()),
    'jobs.inspect': method(oneJob, async ({ id }) => (await jobs()).inspect(id)),
    'jobs.logs': method(logQuestion, async ({ id, level, since, after }) =>
      (await jobs()).logs(id, { level, after, sinceMs: since === undefined ? 0 : Date.parse(since) }),
    ),
    'jobs.stop': method(oneJob, async ({ id }) => (await jobs()).stop(id)),
    'jobs.remove': method(oneJob, async ({ id }) => (await jobs()).remove(id)),
  };
}

/** A bar needs no more, and who does not listen is not owed more. */
const NOTIFY_MS = 200;

function askerOf({ notify, signal }: CallContext): ImportAsker {
  let nextMs = 0;
  const onProgress = (progress: ImportProgress) => {
    const nowMs = performance.now();
    if (nowMs < nextMs) return;
    nextMs = nowMs + NOTIFY_MS;
    notify('import.progress', progress);
  };
  return { onProgress, signal };
}

/** JSON has no infinity: null. The goods are for the catalogue. */
function answerOf({ systems, stations, counts, problems, tooOld, maxAgeDays }: ImportResult): object {
  const limit = maxAgeDays === Infinity ? null : maxAgeDays;
  return { systems, stations, counts, problems, tooOld, maxAgeDays: limit };
}

function method<S extends z.ZodType>(
  schema: S,
  run: (params: z.output<S>, context: CallContext) => Promise<unknown>,
): Method {
  return async (params, context) => {
    const parsed = schema.safeParse(params);
    if (!parsed.success) throw new InvalidParams(parsed.error.issues.map(describeIssue).join('; '));
    return run(parsed.data, context);
  };
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

/** @throws AppError `refused` */
export function needOwnTables(ownTables: boolean): void {
  if (ownTables) return;
  throw new AppError('refused', 'jobs are kept in tables of our own, which are turned off', {
    advice: 'set own_tables to true',
  });
}
