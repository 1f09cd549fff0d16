import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { archiveDay, writeDay } from '../support/archive-day.ts';
import { startProgram, writeConfig } from '../support/daemon.ts';
import { withDatabase } from '../support/galaxy.ts';
import { runHere } from '../support/here.ts';
import { OBSERVED_AT_S, testCatalogue } from '../support/messages.ts';
import { SeededRandom } from '../support/random.ts';
import { tempDir } from '../support/temp-dir.ts';

const hasBzip2 = (() => {
  try {
    return execFileSync('bzip2', ['-dc'], { input: execFileSync('bzip2', { input: 'x' }) }).length === 1;
  } catch {
    return false;
  }
})();

/** What is kept of markets and stations; how often a message was read twice is not. */
function content(cwd: string): Record<string, string[]> {
  return withDatabase(join(cwd, 'data/TradeDangerous.db'), (db) =>
    Object.fromEntries(
      ['System', 'Station', 'StationItem', 'tdl_fact', 'tdl_profile'].map((table) => {
        const select = db.prepare(`SELECT * FROM ${table}`);
        select.setReadBigInts(true);
        return [
          table,
          select
            .all()
            .map((row) => Object.values(row).join())
            .sort(),
        ];
      }),
    ),
  );
}

function place(packing: 'plain' | 'multi') {
  const cwd = tempDir();
  writeConfig(cwd);
  mkdirSync(join(cwd, 'eddn'));
  const symbols = testCatalogue().commodities.map(({ symbol }) => symbol.toLowerCase());
  const day = archiveDay({ messages: 1_500, symbols, startAtS: OBSERVED_AT_S });
  writeDay(join(cwd, 'eddn'), day, packing);
  return { cwd, markets: day.docked.length };
}

test.skipIf(!hasBzip2)(
  'a day of the archive, of many bzip2 streams, killed and stopped at random and gone on with: the same database',
  { timeout: 120_000 },
  async () => {
    const whole = place('plain');
    const once = await runHere({ cwd: whole.cwd, args: ['replay', 'eddn'] });
    expect(once.code, once.stderr).toBe(0);
    const expected = content(whole.cwd);
    expect(once.stdout, 'what was seen of a market before is not written').toContain(
      `written     ${whole.markets} (`,
    );
    expect(new Set(expected.StationItem!.map((row) => row.split(',')[0])).size).toBe(whole.markets);

    const { cwd } = place('multi');
    const random = new SeededRandom(5);
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGKILL'] as const) {
      const program = startProgram({ cwd, args: ['replay', 'eddn'] });
      await Promise.race([sleep(random.integer(600, 2_500)), program.exit]);
      program.kill(signal);
      await program.exit;
    }
    const last = await runHere({ cwd, args: ['replay', 'eddn'] });
    expect(last.code, last.stderr).toBe(0);
    expect(content(cwd)).toEqual(expected);
  },
);
