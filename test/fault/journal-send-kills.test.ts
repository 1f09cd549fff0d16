import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { siteGoods, type Site } from '../../src/domain/colonisation/book/site.ts';
import { startProgram, writeConfig, type Program } from '../support/daemon.ts';
import { makeGalaxy } from '../support/galaxy.ts';
import { runHere } from '../support/here.ts';
import { bookOf, contributionLine, depotLine, dockedLine, loginLines, SITE_ID } from '../support/journals.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { freePort } from '../support/free-port.ts';
import { SeededRandom } from '../support/random.ts';
import { times } from '../support/times.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const LINES = 200;
const FILE = 'Journal.2026-05-01T120000.01.log';

test(
  'half of the journals come over HTTP, the other half is read; sender and daemon are killed at any moment: every line counts once',
  { timeout: 120_000 },
  async () => {
    const random = new SeededRandom(20);
    const dir = tempDir();
    const database = join(dir, 'data/TradeDangerous.db');
    await makeGalaxy(database, ['Sol']);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    writeConfig(dir, { http_listen: `127.0.0.1:${port}`, journal_dirs: ['here'], remote_journals: true });
    const folders = ['here', 'there'].map((name) => join(dir, name));
    for (const folder of folders) mkdirSync(folder);
    const member = join(dir, 'member');
    writeConfig(member);
    const { stdout } = await runHere({ cwd: dir, args: ['token', 'add', 'member', '--scope', 'journal'] });
    const running = new Set<Program>();
    const start = (cwd: string, args?: readonly string[]) => {
      const program = startProgram({ cwd, env: { TD_TOKEN: stdout.trim() }, ...(args && { args }) });
      running.add(program);
      return program;
    };
    const kill = async (program: Program) => {
      program.kill('SIGKILL');
      await program.exit;
      running.delete(program);
    };
    onTestFinished(async () => {
      await Promise.all([...running].map(kill));
    });
    const daemon = () => start(dir);
    const sender = () => start(member, ['journal', 'send', '--to', url, folders[1]!]);

    // Two commanders at one build, each in a file of his own, which grows in pieces cut anywhere.
    const files = ['F1', 'F2'].map((fid, which) => [
      ...loginLines(0, fid, fid),
      dockedLine(1),
      ...Array.from({ length: LINES }, (_, at) =>
        at % 10 === 0
          ? depotLine(2 + at, { steel: [100_000, 0], gold: [50 + which, 0] })
          : contributionLine(2 + at, { steel: at + which }),
      ),
    ]);
    const writing = Promise.all(
      files.map(async (lines, which) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
        const file = join(folders[which]!, FILE);
        writeFileSync(file, '');
        for (let from = 0; from < bytes.length;) {
          const size = Math.ceil(random.next() * 1_500);
          appendFileSync(file, bytes.subarray(from, from + size));
          from += size;
          await sleep(60);
        }
      }),
    );
    const lives = async (begin: () => Program, isUp: RegExp | null, kills: number) => {
      for (let at = 0; at < kills; at++) {
        const life = begin();
        if (isUp !== null) await life.logged(isUp);
        await sleep((isUp === null ? 1_000 : 0) + random.next() * 700);
        await kill(life);
      }
      const last = begin();
      // Before, a signal ends it at once.
      if (isUp !== null) await last.logged(isUp);
      return last;
    };
    const [, last] = await Promise.all([
      writing,
      lives(daemon, /^http: http/, times(2, 10)),
      lives(sender, null, times(2, 10)),
    ]);
    const store = createSqliteStore({ file: database, generation: 'auto' });
    onTestFinished(() => store.close());
    const site = async () => {
      const kept = (await store.aggregates('site')).find(({ id }) => id === String(SITE_ID));
      return kept === undefined ? undefined : (JSON.parse(kept.json) as { state: Site }).state;
    };
    const deliveries = 2 * (LINES - LINES / 10);
    const found = await until(async () => {
      const now = await site();
      return now !== undefined && now.deliveries.length >= deliveries && now;
    }, 250);
    const whole = bookOf(...files).sites.get(SITE_ID)!;
    expect(found.deliveries).toEqual(whole.deliveries);
    expect(siteGoods(found)).toEqual(siteGoods(whole));
    expect(found.place).toEqual(whole.place);
    expect(found.counted).toEqual(whole.counted);
    last.kill('SIGTERM');
    expect(await last.exit).toMatchObject({ code: 0 });
  },
);
