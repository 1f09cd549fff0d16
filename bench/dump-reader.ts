import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { CATEGORIES } from '../src/domain/contract.ts';
import type { Known } from '../src/domain/spansh/known.ts';
import type { DumpRules } from '../src/domain/spansh/records.ts';
import { readDump, type ReadBatch } from '../src/infra/spansh/dump-reader.ts';
import { openDumpFile } from '../src/infra/spansh/dump-source.ts';
import { knownFrom } from '../test/support/dump.ts';

/**
 * How fast a dump is read, without a database, beside `gzip -dc FILE | wc -l` in the same run: fresh (everything is new)
 * and unchanged (the database has it all), on 1 and 2 threads.
 *
 * usage: node bench/dump-reader.ts FILE.json.gz [rounds]
 */
const [file, rounds = '1'] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node bench/dump-reader.ts FILE.json.gz [rounds]');

const nowS = Math.floor(Date.now() / 1000);
const rules: DumpRules = {
  contract: 'v12',
  categories: CATEGORIES,
  blocksNotBeforeS: nowS - 30 * 86_400,
  blocksNotAfterS: nowS + 300,
};
const textBytes = Number(spawnSync('sh', ['-c', 'gzip -dc "$0" | wc -c', file]).stdout.toString());
console.log(`${file}: ${megabytes(statSync(file).size)} MB, ${megabytes(textBytes)} MB of text`);

const known = await learn();
for (let round = 0; round < Number(rounds); round++) {
  const pipeS = timed(() => spawnSync('sh', ['-c', 'gzip -dc "$0" | wc -l', file]));
  console.log(`gzip -dc | wc -l: ${megabytes(textBytes / pipeS)} MB/s`);
  for (const threads of [1, 2]) {
    await measure(`fresh, ${threads} threads`, threads, null, pipeS);
    await measure(`unchanged, ${threads} threads`, threads, known, pipeS);
  }
}

async function measure(name: string, threads: number, have: Known | null, pipeS: number) {
  let peakRss = 0;
  const sampler = setInterval(() => (peakRss = Math.max(peakRss, process.memoryUsage.rss())), 100);
  const start = performance.now();
  const cpu = process.cpuUsage();
  let rows = 0;
  let progress: ReadBatch['progress'] | undefined;
  for await (const batch of readDump(await openDumpFile(file!), { rules, threads, known: have })) {
    for (const { market } of batch.stations) rows += (market?.rows.length ?? 0) / 8;
    progress = batch.progress;
  }
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(sampler);
  console.log(
    `${name}: ${megabytes(textBytes / seconds)} MB/s, ${Math.round((100 * pipeS) / seconds)} % of the pipe, ` +
      `${((user + system) / 1e6 / seconds).toFixed(1)} cores, RSS <= ${megabytes(peakRss)} MB, ` +
      `${progress?.systems} systems, ${progress?.stations} stations, ${rows} rows`,
  );
}

/** What a database knows that has imported the dump. */
async function learn(): Promise<Known> {
  const batches = [];
  for await (const { systems, stations } of readDump(await openDumpFile(file!), { rules, threads: 2 })) {
    batches.push({ systems, stations });
  }
  return knownFrom(batches);
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
