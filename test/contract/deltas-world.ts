import { join } from 'node:path';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { createDeltas } from '../../src/infra/publishing/deltas/deltas.ts';
import { createFullFile } from '../../src/infra/publishing/deltas/full-file.ts';
import { publishSet } from '../../src/infra/publishing/published-set.ts';
import { parseListings, type Listings } from '../support/delta-follower.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { TestDatabase } from './store-world.ts';

export const KEPT = { keepS: 86_400 * 3, keepEntries: 100_000 };
export const HOUR_MS = 3_600_000;
/** Where the time of a publisher begins. */
export const START_MS = Date.UTC(2026, 10, 28, 18, 23);
const { signal } = new AbortController();

/** Deltas and full files in a directory, at a time of their own. */
export interface Publisher {
  readonly store: Store;
  readonly exportDir: string;
  readonly deltasDir: string;
  /** Epoch milliseconds; may be set. */
  nowMs: number;
  /** Whatever is due. @returns what was made */
  readonly run: () => Promise<readonly Awaited<ReturnType<ReturnType<typeof createDeltas>['make']>>[]>;
  readonly publishFull: () => Promise<void>;
  readonly full: ReturnType<typeof createFullFile>;
  readonly database: () => Promise<Listings>;
}

/** On a seeded world's database. */
export async function startPublisher(db: TestDatabase, exportDir = tempDir()): Promise<Publisher> {
  const store = db.store('auto', { changeLog: KEPT });
  await store.beginChangeLog();
  const full = createFullFile(exportDir);
  const deltasDir = join(exportDir, 'deltas');
  const { generation } = await store.open();
  const self: Publisher = {
    ...{ store, exportDir, deltasDir, full, nowMs: START_MS },
    async run() {
      const made = [];
      for (;;) {
        const { due } = await deltas.plan(signal);
        if (due === null) return made;
        made.push(await deltas.make(due, signal));
      }
    },
    async publishFull() {
      await publishSet(store, generation, { csvDir: exportDir, exportDir }, signal, { companion: full });
    },
    async database() {
      const chunks: Uint8Array[] = [];
      await store.exportSet((file) => (chunk) => {
        if (file === 'listings') chunks.push(Uint8Array.from(chunk));
        return Promise.resolve();
      });
      return parseListings(Buffer.concat(chunks).toString());
    },
  };
  const deltas = createDeltas({ store, log: store, directory: deltasDir, full, now: () => self.nowMs });
  return self;
}

export const sorted = (listings: Listings) => [...listings].toSorted(([a], [b]) => Number(a) - Number(b));
