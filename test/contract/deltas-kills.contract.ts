import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { killChild, startChild } from '../support/child.ts';
import { DeltaFollower, textOf } from '../support/delta-follower.ts';
import { SeededRandom } from '../support/random.ts';
import { tempDir } from '../support/temp-dir.ts';
import { times } from '../support/times.ts';
import { until } from '../support/until.ts';
import { HOUR_MS, KEPT, sorted, startPublisher } from './deltas-world.ts';
import { addStations, FUEL, GOLD, SYSTEM, useWorld, type CreateDatabase } from './store-world.ts';

const WRITER = fileURLToPath(new URL('../support/writing-child.ts', import.meta.url));
const PUBLISHER = fileURLToPath(new URL('../support/delta-child.ts', import.meta.url));

/** Deltas of processes that are killed. */
export function deltaKillsContract(create: CreateDatabase): void {
  const world = useWorld(create);

  test('killed at random among writers: none is missing or torn, and readers have what the database has', async () => {
    const { db } = world();
    await startPublisher(db);
    const stationIds = Array.from({ length: 20 }, (_, i) => 2_000 + i);
    await addStations(
      db,
      stationIds.map((id) => [id, `Station ${id}`, SYSTEM.Sol]),
    );
    const target = { ...db.target, changeLog: KEPT, itemIds: [GOLD, FUEL], stationIds };
    const exportDir = tempDir();
    const dir = join(exportDir, 'deltas');
    const random = new SeededRandom(5);
    const beganMs = Date.now();
    const child = (script: string, ...args: string[]) => startChild(script, JSON.stringify(target), ...args);
    const children = [await child(WRITER, '1'), await child(PUBLISHER, exportDir, String(beganMs))];
    const reader = new DeltaFollower(exportDir);
    try {
      await until(() => existsSync(join(exportDir, 'listings.manifest.json')));
      for (let kills = 0; kills < times(3, 10); kills++) {
        await sleep(random.integer(100, 900));
        const at = random.chance(0.8) ? 1 : 0;
        await killChild(children[at]!);
        // Whatever has a manifest is whole, and each begins where the one before ends.
        const names = readdirSync(dir).filter((name) => /^(hourly|daily).*\.json$/.test(name));
        const made = names.map(
          (name) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as Parameters<typeof textOf>[1] & Span,
        );
        for (const kind of ['hourly', 'daily']) {
          const chain = made.filter((each) => each.kind === kind).sort((a, b) => a.from.seq - b.from.seq);
          for (const each of chain) textOf(dir, each);
          chain.slice(1).forEach((each, i) => expect(each.from.seq).toBe(chain[i]!.to.seq));
        }
        children[at] =
          at === 0
            ? await child(WRITER, String(10 + kills))
            : await child(PUBLISHER, exportDir, String(beganMs));
        await until(() => {
          try {
            reader.follow();
            return true;
          } catch {
            // Replaced while it was read, or about to be.
            return false;
          }
        });
      }
    } finally {
      await Promise.all(children.map(killChild));
    }
    const publishing = await startPublisher(db, exportDir);
    publishing.nowMs = Date.now() + 1_000 * HOUR_MS;
    await publishing.run();
    const expected = sorted(await publishing.database());
    expect(expected.length).toBe(stationIds.length);
    expect(sorted(reader.follow().listings)).toEqual(expected);
    if ((await publishing.full.base()) === null) await publishing.publishFull();
    expect(sorted(new DeltaFollower(exportDir).follow().listings)).toEqual(expected);
  }, 120_000);
}

interface Span {
  readonly kind: string;
  readonly from: { readonly seq: number };
  readonly to: { readonly seq: number };
}
