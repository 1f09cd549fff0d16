import { readdirSync, mkdirSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { JournalWatchers } from '../../src/actors/journal-watcher/pool.ts';
import { ReceivedLines } from '../../src/domain/colonisation/reading/read-sent.ts';
import { openJournalFolder } from '../../src/infra/journal/folder.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { silentLog } from '../support/http.ts';
import {
  bookOf,
  contributionLine,
  depotLine,
  dockedLine,
  JOURNAL_S,
  journalLine,
  loginLines,
  SITE_ID,
} from '../support/journals.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { useWorld, type CreateDatabase } from './store-world.ts';

/** What journals tell, as it is kept in a database. */
export function journalContract(create: CreateDatabase): void {
  const world = useWorld(create);

  function follow(folder: string, positions: string): JournalWatchers {
    const watchers = new JournalWatchers({
      folders: [openJournalFolder(folder, positions)],
      ...{ store: world().db.store(), time: realTime, random: Math.random, log: silentLog },
    });
    watchers.start();
    onTestFinished(() => watchers.close());
    return watchers;
  }

  const tailing = (watchers: JournalWatchers) => until(() => watchers.watchers()[0]?.state === 'tailing');

  test('comes back whole, and is joined with what another daemon has read', async () => {
    const dir = tempDir();
    const odd = loginLines(0, 'F1', "O'NEIL \\ \u{1f680}");
    const files = [
      [...odd, depotLine(1, { steel: [100, 3] }), contributionLine(2, { steel: 5 })],
      [
        ...loginLines(0, 'F2'),
        contributionLine(3, { steel: 6 }),
        journalLine(4, 'CarrierLocation', { CarrierID: 9, StarSystem: 'Sol' }),
      ],
    ];
    const daemons = files.map((lines, at) => {
      const folder = join(dir, String(at));
      mkdirSync(folder);
      writeFileSync(join(folder, 'Journal.2026-05-01T120000.01.log'), `${lines.join('\n')}\n`);
      return follow(folder, join(dir, `${at}.json`));
    });
    for (const each of daemons) await tailing(each);
    for (const each of daemons) await each.close();

    const next = follow(join(dir, '0'), join(dir, '0.json'));
    await tailing(next);
    const whole = bookOf(...files);
    expect(next.book.sites).toEqual(whole.sites);
    expect(next.book.carriers).toEqual(whole.carriers);
    expect(next.book.commanders).toEqual(whole.commanders);
    expect(next.book.sites.get(SITE_ID)?.deliveries).toHaveLength(2);
  });

  test('a database of an older version of the program is brought up, and loses nothing', async () => {
    const dir = tempDir();
    const whole = bookOf([
      ...loginLines(),
      dockedLine(1),
      depotLine(2, { steel: [100, 3] }),
      contributionLine(3, { steel: 5 }),
      journalLine(4, 'CarrierLocation', { CarrierID: 9, StarSystem: 'Sol' }),
      dockedLine(5, { StationName: 'Trevithick Dock', StationType: 'Coriolis', StationServices: ['dock'] }),
    ]);
    const store = world().db.store();
    await store.open();
    const put = (kind: string, id: string, state: object) =>
      store.putAggregate({ kind, id, version: 1, json: JSON.stringify({ schema: 1, state }) });
    // As the first version wrote them.
    for (const { port, ...site } of whole.sites.values()) {
      expect(port).toMatchObject({ by: 'docking' });
      await put('site', String(site.marketId), { ...site, portAtS: port?.atS ?? null });
    }
    for (const carrier of whole.carriers) await put('carrier', String(carrier.carrierId), carrier);
    for (const commander of whole.commanders.values()) await put('commander', commander.fid, commander);

    const next = follow(dir, join(dir, 'positions.json'));
    await tailing(next);
    expect(next.book.sites).toEqual(whole.sites);
    expect(next.book.carriers).toEqual(whole.carriers);
    expect(next.book.commanders).toEqual(whole.commanders);
    await next.close();
    const rows = await store.aggregates('site');
    expect(rows.map(({ json }) => (JSON.parse(json) as { state: unknown }).state)).toEqual([
      ...whole.sites.values(),
    ]);
    await store.close();
  });

  test('is kept although somebody is called what no column holds', async () => {
    const watchers = new JournalWatchers({
      folders: [],
      ...{ store: world().db.store(), time: realTime, random: Math.random, log: silentLog },
    });
    watchers.start();
    onTestFinished(() => watchers.close());
    const send = (at: number, fid: string, name: string) => {
      const read = new ReceivedLines(JOURNAL_S + 60);
      const lines = [...loginLines(at, fid, name), journalLine(at, 'FSDJump', { StarSystem: name })];
      for (const line of lines) read.take(line);
      return watchers.receive('somebody', read.read, read.findings);
    };
    await until(() => send(0, 'F1', 'JAMESON'));
    // Blanks at its end count for nothing where MariaDB compares.
    expect(await send(1, 'F1 ', 'JAMESON')).toBe(true);
    expect(() => send(2, 'F'.repeat(65), 'JAMESON')).toThrow('before it is told whose it is');
    const longest = 'F'.repeat(64);
    expect(await send(3, longest, 'J'.repeat(128))).toBe(true);
    expect(await send(4, longest, 'J'.repeat(129))).toBe(true);
    expect([...watchers.book.commanders.keys()]).toEqual(['F1', longest]);
    expect(watchers.book.commanders.get(longest)).toMatchObject({
      name: { text: 'J'.repeat(128) },
      position: { atS: JOURNAL_S + 3 },
    });
  });

  test.skipIf(!hasSharedData)('of two real journals is what they tell', async () => {
    const folder = new URL('journals/', SHARED_DATA);
    const dir = tempDir();
    const first = follow(folder.pathname, join(dir, 'positions.json'));
    await tailing(first);
    await first.close();
    const lines = readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8').split('\n'));
    const next = follow(dir, join(dir, 'none.json'));
    await tailing(next);
    expect(next.book.sites).toEqual(bookOf(...lines).sites);
  });
}
