import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import { JournalWatchers } from '../../src/actors/journal-watcher/pool.ts';
import { StoreError } from '../../src/domain/errors.ts';
import type { Site } from '../../src/domain/colonisation/book/site.ts';
import type { Aggregate, AggregateStore } from '../../src/domain/ports/store/aggregate-store.ts';
import { openJournalFolder } from '../../src/infra/journal/folder.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { contributionLine, depotLine, dockedLine, loginLines, SITE_ID } from '../support/journals.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const FIRST = 'Journal.2026-05-01T120000.01.log';
const text = (...lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join('');

/** Folders, and what daemons share. */
function world() {
  const dir = tempDir();
  const kept = new Map<string, Aggregate>();
  const told: string[] = [];
  let isAway = false;
  let writes = 0;
  const answer = <T>(work: () => T) =>
    isAway ? Promise.reject(new StoreError('unavailable', 'away')) : Promise.resolve(work());
  const store: AggregateStore = {
    aggregates: (kind) => answer(() => [...kept.values()].filter((each) => each.kind === kind)),
    putAggregate: (aggregate) =>
      answer(() => {
        const key = `${aggregate.kind} ${aggregate.id}`;
        if (aggregate.version !== (kept.get(key)?.version ?? 0) + 1) return false;
        kept.set(key, aggregate);
        writes += 1;
        return true;
      }),
    removeAggregate: () => answer(() => undefined),
  };
  const say = (_: unknown, line: string) => void told.push(line);
  return {
    kept,
    told,
    writes: () => writes,
    setAway: (away: boolean) => (isAway = away),
    folder: (name: string) => {
      mkdirSync(join(dir, name), { recursive: true });
      return join(dir, name);
    },
    site: (marketId = SITE_ID): Site | undefined => {
      const json = kept.get(`site ${marketId}`)?.json;
      return json === undefined ? undefined : (JSON.parse(json) as { state: Site }).state;
    },
    /** A daemon that follows these folders. */
    start: (...names: readonly string[]): JournalWatchers => {
      const watchers = new JournalWatchers({
        folders: names.map((name) => openJournalFolder(join(dir, name), join(dir, `${name}.json`))),
        ...{ store, time: realTime, random: Math.random },
        log: { debug: say, info: say, warn: say, error: say },
      });
      watchers.start();
      onTestFinished(() => watchers.close());
      return watchers;
    },
  };
}

test('what is written in a folder is kept at once, and known in the next life', async () => {
  const { folder, start, site, kept, writes, told } = world();
  const file = join(folder('a'), FIRST);
  writeFileSync(file, text(...loginLines(), dockedLine(1), depotLine(2, { steel: [100, 0] })));
  const first = start('a');
  await until(() => typeof site()?.depot === 'object');
  await until(() => first.watchers()[0]?.state === 'tailing');
  expect(told).toContainEqual(expect.stringMatching(/journals: .* is followed: 1 files, 4 new lines/));
  appendFileSync(file, text(contributionLine(3, { steel: 7 })));
  await until(() => site()?.deliveries.length === 1, 5);
  // A repeat, and what tells nothing, writes nothing.
  const before = writes();
  appendFileSync(file, text(depotLine(20, { steel: [100, 7] }), depotLine(35, { steel: [100, 7] })));
  await until(() => site()?.depot?.goods.steel?.provided === 7);
  await until(() => first.book.sites.get(SITE_ID)?.depot?.atS === (site()?.depot?.atS ?? 0));
  appendFileSync(file, text(depotLine(50, { steel: [100, 7] }), depotLine(65, { steel: [100, 7] })));
  const { atS = 0 } = site()?.depot ?? {};
  await until(() => (first.book.sites.get(SITE_ID)?.depot?.atS ?? 0) > atS);
  expect(writes()).toBe(before + 1);
  await first.close();
  // In the end it is told when it was seen last.
  expect(site()?.depot?.atS).toBe(atS + 30);
  const versions = [...kept.values()].map(({ version }) => version);

  const second = start('a');
  await until(() => second.watchers()[0]?.state === 'tailing');
  expect(second.book.sites.get(SITE_ID)?.deliveries).toHaveLength(1);
  expect([...kept.values()].map(({ version }) => version)).toEqual(versions);
});

test('several folders are one book, and each tells how it is', async () => {
  const { folder, start, told } = world();
  writeFileSync(
    join(folder('a'), FIRST),
    text(...loginLines(0, 'F1'), depotLine(1, { steel: [100, 0] }), contributionLine(2, { steel: 5 })),
  );
  writeFileSync(join(folder('b'), FIRST), text(...loginLines(0, 'F2'), contributionLine(3, { steel: 6 })));
  rmSync(folder('c'), { recursive: true });
  const watchers = start('a', 'b', 'c');
  await until(
    () =>
      watchers
        .watchers()
        .map(({ state }) => state)
        .join() === 'tailing,tailing,absent',
  );
  expect(watchers.book.sites.get(SITE_ID)?.deliveries.map(({ fid }) => fid)).toEqual(['F1', 'F2']);
  expect(watchers.watchers()[0]).toMatchObject({ files: 1, progress: null, problems: [], lastError: null });
  expect(told.filter((line) => line.includes('there is no folder'))).toHaveLength(1);
});

test('while the database is away everything is known, and written when it is back; nothing read is forgotten by a kill', async () => {
  const { folder, start, site, setAway, told } = world();
  setAway(true);
  writeFileSync(join(folder('a'), FIRST), text(...loginLines(), depotLine(1, { steel: [100, 0] })));
  const watchers = start('a');
  await until(() => watchers.watchers()[0]?.state === 'scanning');
  setAway(false);
  await until(() => watchers.watchers()[0]?.state === 'tailing');
  setAway(true);
  appendFileSync(join(folder('a'), FIRST), text(contributionLine(2, { steel: 9 })));
  await until(() => watchers.book.sites.get(SITE_ID)?.deliveries.length === 1);
  await until(() => told.some((line) => line.includes('tried again: away')));
  await watchers.close();
  setAway(false);
  // It was never written, so its line counts as not read.
  const next = start('a');
  await until(() => next.book.sites.get(SITE_ID)?.deliveries.length === 1);
  await until(() => site()?.deliveries.length === 1);
});

test('two daemons with journals of their own come to the same, whoever writes first', async () => {
  const { folder, start, site } = world();
  const [one, two] = [join(folder('a'), FIRST), join(folder('b'), FIRST)];
  for (const file of [one, two])
    writeFileSync(file, text(...loginLines(0, file.includes('/a/') ? 'F1' : 'F2')));
  const daemons = [start('a'), start('b')];
  await until(() => daemons.every((each) => each.watchers()[0]?.state === 'tailing'));
  for (let at = 1; at <= 20; at++) {
    appendFileSync(at % 2 === 0 ? one : two, text(contributionLine(at, { steel: at })));
    if (at % 5 === 0)
      await until(
        () =>
          daemons.reduce((sum, { book }) => sum + (book.sites.get(SITE_ID)?.deliveries.length ?? 0), 0) >= at,
      );
  }
  await until(() => site()?.deliveries.length === 20);
  expect(site()?.deliveries.map(({ goods }) => goods.steel)).toEqual(
    Array.from({ length: 20 }, (_, at) => at + 1),
  );
});

test('what a later version has written is left as it is', async () => {
  const { folder, start, kept } = world();
  const foreign = {
    kind: 'site',
    id: String(SITE_ID),
    version: 4,
    json: '{"schema":99,"state":{"new":true}}',
  };
  kept.set(`site ${SITE_ID}`, foreign);
  writeFileSync(join(folder('a'), FIRST), text(...loginLines(), depotLine(1, { steel: [100, 0] })));
  const watchers = start('a');
  await until(() => watchers.watchers()[0]?.state === 'tailing');
  await watchers.close();
  expect(kept.get(`site ${SITE_ID}`)).toEqual(foreign);
});
