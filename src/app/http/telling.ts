import { join } from 'node:path';
import type { SystemReport } from '../../actors/observing/status.ts';
import type { System } from '../../actors/system.ts';
import type { DayReport } from '../../domain/eddn/heard.ts';
import type { Generation } from '../../domain/generation.ts';
import { TABLE_FILES } from '../../domain/ports/store/galaxy-store.ts';
import { presentFiles } from '../../infra/http/files/present-files.ts';
import type { RelayCounts } from '../../infra/feed/raw-relay.ts';
import type { Metric } from '../../infra/http/routes/exposition.ts';
import { FULL_COMPRESSED, FULL_MANIFEST } from '../../infra/publishing/deltas/names.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { hasDeltas } from '../ports/delta-publisher.ts';
import { metricsOf, type FileReport } from './metrics.ts';

/** Of the daemon that runs. */
export interface About {
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  /** Whether the galaxy is kept up to date, and the whole set of files with it. */
  readonly update: boolean;
  /** What was passed on to other consumers; null: nothing ever is. */
  readonly relay: (() => RelayCounts) | null;
  readonly days: () => readonly DayReport[];
}

interface Uptime {
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly uptimeS: number;
}

/** Whether it is alive. */
export interface Health extends Uptime {
  /** False: the system has failed. */
  readonly ok: boolean;
  readonly failure: string | null;
}

/** Everything there is to know, as `/status` tells it. */
export interface Status extends Uptime, SystemReport {
  /** Messages that were passed on to other consumers, and how many are connected; null: `relay_bind` is. */
  readonly relay: RelayCounts | null;
  /** Which of the last days the feed was heard all the time, today last. */
  readonly days: readonly DayReport[];
  /** Published files that are there. */
  readonly files: readonly FileReport[];
}

interface Telling {
  readonly health: () => Health;
  /** Why it is not ready; empty: it is. */
  readonly notReady: () => string[];
  readonly status: () => Status;
  readonly metrics: () => Metric[];
  /** Path by public name. */
  readonly files: ReadonlyMap<string, string>;
}

/** What a daemon tells of itself, over HTTP and to who embeds it. */
export function tellingOf(
  { config, paths }: Pick<Bootstrap, 'config' | 'paths'>,
  system: System,
  { version, startedAtMs, update, relay, days }: About,
): Telling {
  let ended: { readonly failure: string | null } | null = null;
  void system.done.then(({ failure }) => (ended = { failure: failure?.reason ?? null }));
  const uptime = () => ({
    version,
    startedAt: new Date(startedAtMs).toISOString(),
    uptimeS: Math.round((Date.now() - startedAtMs) / 1000),
  });
  const failure = () => ended?.failure ?? null;
  const files = publishedFiles(paths, hasDeltas(config));
  const notReady = () =>
    ended === null
      ? [...system.status.notReady(), ...lacking(files, update ? config.generation : null)]
      : ['system: ended'];
  const report = () => ({
    ...{ ...system.status.report(), notReady: notReady() },
    relay: relay === null ? null : relay(),
  });
  return {
    files,
    health: () => ({ ok: failure() === null, failure: failure(), ...uptime() }),
    notReady,
    status: () => ({ ...uptime(), ...report(), days: days(), files: reportFiles(files) }),
    metrics: () => metricsOf(report(), reportFiles(files), version),
  };
}

const LIVE = 'listings-live.csv';

/** Names of the files that are published together. */
function wholeSet(generation: Generation): string[] {
  return ['listings', ...TABLE_FILES[generation]].map((table) => `${table}.csv`);
}

/** Which generation an `auto` database is of is seen by what is published. */
const ONLY_V12 = wholeSet('v12').filter((name) => !wholeSet('v13').includes(name));

/** Path by public name. */
export function publishedFiles(
  { exportDir, csvDir }: Bootstrap['paths'],
  withDeltas: boolean,
): Map<string, string> {
  const beside = withDeltas ? [FULL_COMPRESSED, FULL_MANIFEST] : [];
  const names = new Set([LIVE, ...wholeSet('v12'), ...wholeSet('v13'), ...beside]);
  return new Map(
    Array.from(names, (name) => [name, join(name.startsWith('listings') ? exportDir : csvDir, name)]),
  );
}

/**
 * A client that finds one of the files missing, or empty, is not served.
 * @param generation whose set there has to be; null: none has
 */
function lacking(files: ReadonlyMap<string, string>, generation: Generation | 'auto' | null): string[] {
  const found = new Set(presentFiles(files).flatMap(({ name, bytes }) => (bytes > 0 ? [name] : [])));
  const isV12 = generation === 'v12' || (generation === 'auto' && ONLY_V12.some((name) => found.has(name)));
  const set = generation === null ? [] : wholeSet(isV12 ? 'v12' : 'v13');
  const missing = [LIVE, ...set].filter((name) => !found.has(name));
  return missing.length === 0 ? [] : [`files: missing ${missing.join(', ')}`];
}

function reportFiles(files: ReadonlyMap<string, string>): FileReport[] {
  return presentFiles(files).map((file) => ({
    ...file,
    ageS: Math.max(0, Math.round((Date.now() - Date.parse(file.modified)) / 1000)),
  }));
}
