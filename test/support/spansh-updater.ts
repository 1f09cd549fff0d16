import type { AnyEventObject } from 'xstate';
import { createSpanshUpdater } from '../../src/actors/spansh-updater/child.ts';
import type { DumpProgress, DumpVersion } from '../../src/domain/ports/galaxy/dump.ts';
import type { ImportResult, SpanshUpdaterPorts } from '../../src/domain/ports/galaxy/spansh-updater.ts';
import { NO_COUNTS } from '../../src/domain/ports/store/galaxy-store.ts';
import { NO_BLOCKS } from '../../src/domain/spansh/block-counts.ts';
import { childWorld } from './child-world.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DUMP: DumpVersion = {
  source: 'https://spansh.test/dump',
  etag: '"1"',
  lastModifiedS: 77,
  size: 5,
};
export const RESULT: ImportResult = {
  ...{ bytesRead: 5, totalBytes: 5, systems: 1, stations: 1, counts: NO_COUNTS },
  ...{ problems: {}, tooOld: NO_BLOCKS.tooOld, maxAgeDays: 30, items: [] },
};

/** The updater as the system has it, before a source that has one dump; what it does is noted, with what of it was new. */
export function updaterOf(more: Partial<SpanshUpdaterPorts> = {}, start: DumpProgress | null = null) {
  const done: string[] = [];
  let loads = 0;
  const state = { progress: start, dump: DUMP, missing: [] as string[], isEmpty: false, waits: {} as object };
  const ports: SpanshUpdaterPorts = {
    database: 'this one',
    state: {
      // One that turns in circles stands still in the end.
      load: () => (++loads > 5_000 ? new Promise(() => undefined) : Promise.resolve(state.progress)),
      save: (progress) => {
        state.progress = progress;
        return Promise.resolve();
      },
    },
    source: {
      check: () => Promise.resolve(state.dump),
      download: (version) => {
        done.push('download');
        return Promise.resolve({ file: 'dump.gz', version });
      },
      discard: (file) => Promise.resolve(void done.push(`discard ${file}`)),
    },
    importDump: (file) => {
      done.push(`import ${file}`);
      return Promise.resolve(RESULT);
    },
    importGiven: () => Promise.resolve(RESULT),
    publish: () => {
      done.push('publish');
      state.missing = [];
      return Promise.resolve({ rows: {}, changed: [] });
    },
    demote: () => Promise.resolve(done.push('demote')),
    missingFiles: () => Promise.resolve(state.missing),
    isEmpty: () => Promise.resolve(state.isEmpty),
    noteUpdated: (lastModifiedS) => Promise.resolve(void done.push(`updated ${lastModifiedS}`)),
    zone: () => 'UTC',
    opensInMs: (job) => (state.waits as Record<string, number>)[job] ?? 0,
    ...more,
  };
  const heard: string[] = [];
  const world = childWorld(createSpanshUpdater, {
    spanshUpdater: ports,
    keeper: { clearedAtS: (marketId: number) => (marketId === 1 ? 100 : -1) },
    tell: (child: string, event: AnyEventObject) => {
      heard.push(`${child} ${event.type}`);
      if (child === 'spansh-updater') world.actor.send(event);
    },
  });
  return { ...world, done, state, heard, stage: () => state.progress?.stage };
}
