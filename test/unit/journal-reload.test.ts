import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { JournalWatchers } from '../../src/actors/journal-watcher/pool.ts';
import { readKept, writeKept } from '../../src/domain/colonisation/book/kept.ts';
import { emptySite, siteGoods, type Site } from '../../src/domain/colonisation/book/site.ts';
import type { Aggregate, AggregateStore } from '../../src/domain/ports/store/aggregate-store.ts';
import { openJournalFolder } from '../../src/infra/journal/folder.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { silentLog } from '../support/http.ts';
import {
  bookOf,
  contributionLine,
  depotLine,
  dockedLine,
  JOURNAL_S,
  loginLines,
  SITE_ID,
} from '../support/journals.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const FILE = 'Journal.2026-05-01T120000.01.log';
const LINES = [
  ...loginLines(),
  dockedLine(1),
  depotLine(2, { steel: [100, 10] }),
  contributionLine(3, { steel: 7 }),
];
const text = (...lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join('');

/** What a program with a fault has made of these journals, and what somebody else has told. */
const WRONG: Site = {
  ...emptySite(SITE_ID),
  counted: { steel: { tonnes: 99, atS: 0 } },
  deliveries: [
    { atS: JOURNAL_S + 3, fid: 'F1', goods: { steel: 70 } },
    { atS: JOURNAL_S + 4, fid: 'F2', goods: { steel: 5 } },
  ],
};

/** A daemon that follows a folder, and `others` that are not there, over what was kept wrongly. */
async function world(...others: readonly string[]) {
  const dir = tempDir();
  const folder = join(dir, 'journals');
  mkdirSync(folder);
  writeFileSync(join(folder, FILE), text(...LINES));
  const kept = new Map<string, Aggregate>();
  kept.set(`site ${SITE_ID}`, {
    ...{ kind: 'site', id: String(SITE_ID), version: 1 },
    json: writeKept({ kind: 'site', site: WRONG }),
  });
  const store: AggregateStore = {
    aggregates: (kind) => Promise.resolve([...kept.values()].filter((each) => each.kind === kind)),
    putAggregate: (aggregate) => {
      kept.set(`${aggregate.kind} ${aggregate.id}`, aggregate);
      return Promise.resolve(true);
    },
    removeAggregate: () => Promise.resolve(undefined),
  };
  const watchers = new JournalWatchers({
    folders: ['journals', ...others].map((name) =>
      openJournalFolder(join(dir, name), join(dir, `${name}.json`)),
    ),
    ...{ store, time: realTime, random: Math.random, log: silentLog },
  });
  watchers.start();
  onTestFinished(() => watchers.close());
  await until(() => watchers.watchers()[0]?.state === 'tailing');
  const keptSite = () => JSON.parse(kept.get(`site ${SITE_ID}`)?.json ?? '{}') as { state: Site };
  return { watchers, file: join(folder, FILE), keptSite };
}

const provided = (site: Site | undefined) => site && siteGoods(site)[0]?.provided;

test('read anew, what journals do not tell is forgotten, and what others have told stays', async () => {
  const { watchers, keptSite } = await world();
  const site = () => watchers.book.sites.get(SITE_ID);
  expect(provided(site())).toBe(99 + 70 + 5 + 7);
  const reading = watchers.reload();
  expect(watchers.reload()).toBe(reading);
  // Until everything is read everything is as it was.
  const seen = new Set<number | undefined>();
  const watch = setInterval(() => seen.add(provided(site())), 0);
  expect(await reading).toEqual({ files: 1, lines: LINES.length, sites: 1, problems: [] });
  clearInterval(watch);
  expect([...seen].every((each) => each === 181 || each === 22)).toBe(true);
  expect(provided(site())).toBe(10 + 7 + 5);
  expect(site()?.deliveries.map(({ fid }) => fid)).toEqual(['F1', 'F2']);
  expect(keptSite().state).toEqual(site());
});

test('what is written meanwhile is not lost', async () => {
  const { watchers, file } = await world();
  const reading = watchers.reload();
  appendFileSync(file, text(contributionLine(9, { steel: 1 })));
  await reading;
  await until(() => provided(watchers.book.sites.get(SITE_ID)) === 23);
});

test('nothing is forgotten while a folder is away', async () => {
  const { watchers } = await world('nowhere');
  const { problems } = await watchers.reload();
  expect(problems).toEqual([expect.stringMatching(/there is no folder .*nowhere/)]);
  expect(provided(watchers.book.sites.get(SITE_ID))).toBe(181);
});

test('read anew is what a first reading tells, however wrong it was before', () => {
  const tonnes = fc.integer({ min: 1, max: 50 });
  const deliveries = fc.array(
    fc.record({
      atS: fc.integer({ min: JOURNAL_S, max: JOURNAL_S + 30 }),
      fid: fc.constant('F1'),
      goods: fc.record({ steel: tonnes }),
    }),
  );
  fc.assert(
    fc.property(deliveries, tonnes, (told, counted) => {
      const book = bookOf([]);
      book.take([
        {
          kind: 'site',
          site: { ...WRONG, deliveries: told, counted: { steel: { tonnes: counted, atS: 0 } } },
        },
      ]);
      const anew = bookOf(LINES);
      book.swapIn(anew, true);
      expect(book.sites).toEqual(anew.sites);
      expect(book.commanders).toEqual(anew.commanders);
    }),
    { numRuns: 50 },
  );
});

test('what an older version of the program has kept is all there in this one', () => {
  const site = {
    ...{ marketId: SITE_ID, place: null, depot: null, counted: { steel: { tonnes: 4, atS: 9 } } },
    deliveries: [{ atS: 8, fid: 'F1', goods: { steel: 4 } }],
  };
  const read = (portAtS: number | null) =>
    readKept('site', JSON.stringify({ schema: 1, state: { ...site, portAtS } }));
  expect(read(10)).toEqual({ kind: 'site', site: { ...site, port: { atS: 10, by: 'docking' } } });
  expect(read(null)).toEqual({ kind: 'site', site: { ...site, port: null } });
  const [commander] = bookOf(LINES).commanders.values();
  expect(readKept('commander', JSON.stringify({ schema: 1, state: commander }))).toEqual({
    kind: 'commander',
    commander,
  });
  expect(readKept('site', JSON.stringify({ schema: 99, state: site }))).toBeNull();
  for (const damaged of ['{}', '{"schema":0,"state":{}}', '{"schema":1}']) {
    expect(() => readKept('site', damaged)).toThrow('no site of this program');
  }
});
