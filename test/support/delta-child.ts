/**
 * A process that publishes deltas, and now and then a full file, until it is killed:
 * `node delta-child.ts <target as JSON> <export directory> <epoch ms at which its time began>`. An hour takes it a quarter of a second.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDeltas } from '../../src/infra/publishing/deltas/deltas.ts';
import { createFullFile } from '../../src/infra/publishing/deltas/full-file.ts';
import { publishSet } from '../../src/infra/publishing/published-set.ts';
import { openTarget, type Target } from './target-store.ts';

const [json = '', exportDir = '', begin = ''] = process.argv.slice(2);
const store = await openTarget(JSON.parse(json) as Target);
const { signal } = new AbortController();
const full = createFullFile(exportDir);
const now = () => Number(begin) + (Date.now() - Number(begin)) * 14_400;
const deltas = createDeltas({ store, log: store, directory: join(exportDir, 'deltas'), full, now });
const { generation } = await store.open();

for (let round = 0; ; round++) {
  try {
    const { due } = await deltas.plan(signal);
    if (due !== null) await deltas.make(due, signal);
    if ((await full.missing()).length > 0 || round % 9 === 8)
      await publishSet(store, generation, { csvDir: exportDir, exportDir }, signal, { companion: full });
  } catch (error) {
    // Busy, as the tests want it.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
  if (round === 0) process.stdout.write('ready\n');
  await sleep(20);
}
