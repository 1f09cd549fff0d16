import { join } from 'node:path';
import {
  isDue,
  reachedFrom,
  restMs,
  type DeltaKind,
  type DeltaManifest,
} from '../../../domain/deltas/deltas.ts';
import { AppError } from '../../../domain/errors.ts';
import type { DeltaPublisherPorts, MadeDelta } from '../../../domain/ports/publishing/delta-publisher.ts';
import type { ChangeStore, LogPosition } from '../../../domain/ports/store/changes.ts';
import type { GalaxyStore } from '../../../domain/ports/store/galaxy-store.ts';
import type { ChunkSink } from '../../../domain/ports/store/market-store.ts';
import { stageFile } from '../publish.ts';
import type { FullFile } from './full-file.ts';
import { Entry, writeJson } from './json-files.ts';
import { baseName } from './names.ts';
import { readShelf, writeShelf, type Shelf } from './shelf.ts';
import { withTwins } from './twins.ts';

export interface DeltasOptions {
  readonly store: Pick<GalaxyStore, 'exportChanges' | 'changePosition'>;
  readonly log: ChangeStore;
  /** Where they are published; made if it is not there. */
  readonly directory: string;
  readonly full: Pick<FullFile, 'base' | 'withdraw'>;
  readonly now: () => number;
}

/**
 * Deltas in a directory of their own. What is on the disk says what is next: a delta is there when its manifest is, and the
 * next one begins where it ends.
 */
export function createDeltas(options: DeltasOptions): Omit<DeltaPublisherPorts, 'enabled'> {
  const { store, log, directory, full, now } = options;

  /** As it was planned. */
  let planned: Shelf | null = null;

  async function lookAtLog(): Promise<LogPosition> {
    const position = await store.changePosition();
    if (position !== null) return position;
    throw new AppError('publish', 'there is no change log to make deltas from', {
      advice: 'set own_tables to true and change_log_days to 3, or deltas to false',
    });
  }

  async function plan(): ReturnType<DeltaPublisherPorts['plan']> {
    await log.beginChangeLog();
    const at = new Date(now()).toISOString();
    const position = await lookAtLog();
    const found = await readShelf(directory, position.logId);
    // Of a log that is behind a backup was restored: what is on the shelf never happened.
    const isOf = found !== null && found.next.hourly.seq <= position.seq;
    const shelf = isOf ? found : beginningAt(position, at);
    await writeShelf(directory, shelf);
    const base = await full.base();
    const { seq } = reachedFrom(shelf.deltas, shelf.next.hourly);
    const isBase = base?.logId === position.logId && base.seq >= seq && base.seq <= position.seq;
    if (base !== null && !isBase) await full.withdraw();
    planned = shelf;
    const due = (['hourly', 'daily'] as const).find((kind) => isDue(kind, shelf.next[kind], now())) ?? null;
    return { due, restMs: restMs(now()) };
  }

  async function make(kind: DeltaKind, signal: AbortSignal): Promise<MadeDelta> {
    if (planned === null) throw new Error('no delta was planned');
    const shelf = planned;
    planned = null;
    const from = shelf.next[kind];
    const at = new Date(now()).toISOString();
    const since = { logId: shelf.logId, seq: from.seq };
    const file = await stageFile(
      join(directory, `${kind}.csv`),
      (write: ChunkSink) => store.exportChanges(since, write, signal),
      { signal },
    );
    try {
      const changed = file.result;
      if (changed === null) {
        const position = await lookAtLog();
        const anew = beginningAt(position, at);
        // Without the hourly ones the daily ones lead nowhere; without these they still do.
        const isDaily = kind === 'daily' && position.logId === shelf.logId;
        await writeShelf(
          directory,
          isDaily ? { ...shelf, next: { ...shelf.next, daily: anew.next.daily } } : anew,
        );
        return { kind, delta: null, isBroken: true };
      }
      const to = { seq: changed.position.seq, at };
      const next = { ...shelf.next, [kind]: to };
      if (to.seq === from.seq) {
        await writeShelf(directory, { ...shelf, next });
        return { kind, delta: null, isBroken: false };
      }
      const { rows, stations, emptied, placed } = changed;
      const base = baseName(kind, to);
      const name = `${base}.json`;
      const targets = ['gz', 'zst'].map((ending) => join(directory, `${base}.csv.${ending}`));
      await withTwins({ source: file.path, targets }, signal, async ({ text, files, commit }) => {
        const manifest: DeltaManifest = {
          ...{ name, kind, logId: shelf.logId, from, to, rows, stations, ...text, files },
          emptied: emptied.map(Number),
          placed: placed.map(([id, systemId]) => [Number(id), systemId]),
        };
        await commit();
        await writeJson(join(directory, name), manifest);
        await writeShelf(directory, { ...shelf, next, deltas: [...shelf.deltas, Entry.parse(manifest)] });
      });
      const counts = { rows, stations, emptied: emptied.length };
      return { kind, delta: { name, fromSeq: from.seq, toSeq: to.seq, ...counts }, isBroken: false };
    } finally {
      await file.discard();
    }
  }

  return { plan, make };
}

/** With nothing on it, which begins where the log is. */
function beginningAt({ logId, seq }: LogPosition, at: string): Shelf {
  return { logId, next: { hourly: { seq, at }, daily: { seq, at } }, deltas: [] };
}
