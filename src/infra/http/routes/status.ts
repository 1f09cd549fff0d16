import { z } from 'zod';
import type { HttpApp } from '../app.ts';
import { isStranger } from '../asker.ts';
import { FileIndex } from './files.ts';
import { About, partOf } from './health.ts';

const count = z.int();
const counts = z.record(z.string(), count);
const time = z.iso.datetime();
const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();

const Actor = z.strictObject({
  name: z.string(),
  state: z.string(),
  since: time,
  lastEvent: z.strictObject({ type: z.string(), at: time }).nullable(),
  events: count,
  transitions: count,
  incarnations: count,
  counters: counts,
  lastError: z
    .strictObject({
      /** Null to strangers. */
      message: z.string().nullable(),
      at: time,
      active: z.boolean(),
    })
    .nullable(),
  due: list(z.strictObject({ timer: z.string(), at: time })),
});

const Status = z.strictObject({
  ...About.shape,
  notReady: list(z.string()),
  actors: list(Actor),
  totals: z.strictObject({
    received: count,
    accepted: count,
    learned: count,
    taken: counts,
    restored: count,
    written: count,
    writtenRows: count,
    stale: count,
    superseded: count,
    spilled: count,
    everParked: count,
    parkedDropped: count,
    deferrals: count,
    rejected: counts,
    rejectedRows: counts,
  }),
  held: count,
  markets: z.strictObject({ pending: count, deferred: count, queued: count, spooled: count, parked: count }),
  maintenance: z.strictObject({ purge: time.nullable(), optimize: time.nullable() }),
  history: z
    .strictObject({
      running: z.strictObject({ day: z.string(), changes: count, gap: z.string().nullable() }).nullable(),
      whole: list(z.strictObject({ from: z.string(), to: z.string() })),
      others: list(z.strictObject({ day: z.string(), why: z.string() })),
      bytes: count,
    })
    .nullable(),
  leadership: z
    .strictObject({
      leads: z.boolean(),
      leader: z.strictObject({ name: z.string(), url: z.string(), epoch: count, since: time }).nullable(),
    })
    .nullable(),
  newestSnapshot: z.strictObject({ observedAt: time, receivedAt: time }).nullable(),
  database: z
    .strictObject({
      totalRows: count,
      liveRows: count,
      stations: count,
      liveStations: count,
      implausibleMarkets: count.nullable(),
      newestAtS: count.nullable(),
      readAt: time,
    })
    .nullable(),
  relay: z.strictObject({ messages: count, connections: count }).nullable(),
  days: list(z.strictObject({ day: z.iso.date(), missingS: count, isReplayed: z.boolean() })),
  files: list(FileIndex.shape.files.element.extend({ ageS: count })),
});
type Status = z.input<typeof Status>;

/** Keys that a value has, at any depth, and a schema has not. */
type Untold<Value, Schema> = Value extends readonly (infer Item)[]
  ? Schema extends readonly (infer Known)[]
    ? Untold<Item, Known>
    : never
  : Value extends object
    ? {
        [Key in keyof Value]: Key extends keyof Schema
          ? Untold<NonNullable<Value[Key]>, NonNullable<Schema[Key]>>
          : Key;
      }[keyof Value]
    : never;

export interface StatusRoutesDeps<Told extends Status> {
  /** Does not compile with a figure that the schema lacks. */
  readonly status: () => [Untold<Told, Status>] extends [never] ? Told : Untold<Told, Status>;
}

/** `/status`: everything there is to know. */
export function statusRoutes<Told extends Status>(app: HttpApp, deps: StatusRoutesDeps<Told>): void {
  const status = deps.status as () => Status;
  app.get('/status', { config: { isVital: true }, schema: { response: { 200: Status } } }, (request) =>
    isStranger(request) ? forStrangers(status()) : status(),
  );
}

/** Messages name hosts, paths and databases. */
function forStrangers(status: Status): Status {
  return {
    ...status,
    notReady: status.notReady.map(partOf),
    leadership: null,
    actors: status.actors.map((actor) => ({
      ...actor,
      lastError: actor.lastError && { ...actor.lastError, message: null },
    })),
  };
}
