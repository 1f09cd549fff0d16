import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JournalWatchers } from '../../src/actors/journal-watcher/pool.ts';
import type { AggregateStore } from '../../src/domain/ports/store/aggregate-store.ts';
import { openJournalFolder } from '../../src/infra/journal/folder.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { writeJournals } from '../generators/journals.ts';
import { median } from '../harness/statistics.ts';
import { tempDir } from '../harness/temp-dir.ts';
import type { Benchmark } from '../harness/types.ts';

const IDLE_S = 15;
const LINES = 50;
/** A line of the game's a quarter of a second, more or less. */
const BETWEEN_MS = 250;

export const benchmark: Benchmark = {
  about:
    'A folder of journals that is followed: what it costs while nobody plays, and how long after the game has written a line ' +
    'whoever listens is told. Needs ../shared/data.',
  size: 60,
  unit: 'MB',
  rounds: 1,
  async run({ size }) {
    const dir = tempDir();
    writeJournals(dir, size);
    const watchers = follow(dir);
    watchers.start();
    while (watchers.watchers()[0]?.state !== 'tailing') await sleep(50);
    await sleep(1_000);
    const before = process.cpuUsage();
    await sleep(IDLE_S * 1_000);
    const { user, system } = process.cpuUsage(before);
    const told = await tellLines(watchers, join(dir, readdirSync(dir).sort().findLast(isJournal) ?? ''));
    await watchers.close();
    return [
      { name: 'idle', figures: { 'CPU %': (user + system) / 1e4 / IDLE_S }, below: { 'CPU %': 1 } },
      {
        name: 'from line to told',
        figures: { 'p50 ms': median(told), 'max ms': Math.max(...told) },
        below: { 'max ms': 300 },
      },
    ];
  },
};

const isJournal = (name: string) => name.startsWith('Journal.');

/** What is kept is not measured here. */
function follow(dir: string): JournalWatchers {
  const store: AggregateStore = {
    aggregates: () => Promise.resolve([]),
    putAggregate: () => Promise.resolve(true),
    removeAggregate: () => Promise.resolve(),
  };
  const nothing = () => undefined;
  return new JournalWatchers({
    folders: [openJournalFolder(dir, join(dir, 'positions.json'))],
    ...{ store, time: realTime, random: Math.random },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
}

/** @returns ms after each line */
async function tellLines(watchers: JournalWatchers, file: string): Promise<number[]> {
  const told: number[] = [];
  for (let line = 1; line <= LINES; line++) {
    const timestamp = new Date(Date.now() + line * 1_000).toISOString().replace(/\.\d+/, '');
    const delivery = {
      ...{ timestamp, event: 'ColonisationContribution', MarketID: 3_958_000_001 },
      Contributions: [{ Name: '$Steel_name;', Amount: line }],
    };
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const leave = watchers.onChange(() => resolve(undefined));
    const startMs = performance.now();
    appendFileSync(file, `${JSON.stringify(delivery)}\r\n`);
    await promise;
    told.push(performance.now() - startMs);
    leave();
    await sleep(BETWEEN_MS * (0.5 + Math.random()));
  }
  return told;
}
