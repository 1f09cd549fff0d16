import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { writeConfig } from '../support/daemon.ts';
import { makeGalaxy, withDatabase } from '../support/galaxy.ts';
import { runHere } from '../support/here.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Three systems in a row, with markets that nobody has ever seen. */
async function place(): Promise<string> {
  const cwd = tempDir();
  writeConfig(cwd);
  const file = join(cwd, 'data/TradeDangerous.db');
  await makeGalaxy(
    file,
    ['Sol', 'Lave', 'Diso'],
    [
      { id: 101, name: 'Galileo', system: 'Sol' },
      { id: 102, name: 'Lave Station', system: 'Lave' },
      { id: 103, name: 'Shifnalport', system: 'Diso' },
      { id: 104, name: 'Bad\u0007 "Bell"', system: 'Diso' },
    ],
  );
  withDatabase(file, (db) =>
    db.exec(`UPDATE System SET pos_x = 15 * (system_id - 1);
      UPDATE Station SET max_pad_size = 'L', ls_from_star = 300, type_id = 2, planetary = 'N'`),
  );
  return cwd;
}

describe('tour plan', () => {
  test('shows who flies where, as a table, CSV, JSON and names', async ({ expect }) => {
    const cwd = await place();
    const args = ['tour', 'plan', 'Jameson@Sol/galileo@20', '--within', '60'];
    const table = await runHere({ cwd, args });
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toContain('4 of 4 markets that nobody has seen for 24 h; all read after');
    expect(table.stdout).toMatch(/^1 {2}Sol {5}Galileo .* L +300 {2}never seen +0 +0 +1 min$/m);
    expect(table.stdout).toMatch(/^Sol, Lave, Diso$/m);
    expect(table.stdout).not.toContain('\u0007');

    const csv = await runHere({ cwd, args: [...args, '--csv'] });
    const [head, first] = csv.stdout.split('\n');
    expect(head).toBe(
      'commander,stop,systemName,name,maxPad,lsFromStar,marketAgeS,distanceLy,jumps,doneAfterS,seconds,guess,marketId',
    );
    expect(first).toBe('Jameson,1,Sol,Galileo,L,300,,0,0,44,44,false,101');

    const names = await runHere({ cwd, args: [...args, '--systems'] });
    expect(names.stdout).toBe('Sol\nLave\nDiso\n');

    const json = await runHere({ cwd, args: [...args, 'Ryder@Diso', '--json', '--strategy', 'greedy'] });
    const { tours, assumptions } = JSON.parse(json.stdout);
    expect(tours).toHaveLength(2);
    expect(assumptions).toMatchObject({ strategy: 'greedy', times: { marketS: 44 } });
  });

  test('visits a market once that is named twice', async ({ expect }) => {
    const cwd = await place();
    const args = ['tour', 'plan', 'Jameson@Sol', '--markets', '102,101,102,102', '--json'];
    const { stale, tours } = JSON.parse((await runHere({ cwd, args })).stdout);
    expect(stale).toBe(2);
    expect(tours).toMatchObject([{ stops: [{ marketId: 101 }, { marketId: 102 }] }]);
    expect(tours[0].stops).toHaveLength(2);
  });

  test('says what is wrong, and what there is', async ({ expect }) => {
    const cwd = await place();
    const fails = async (...args: string[]) => runHere({ cwd, args: ['tour', 'plan', ...args] });
    expect(await fails('Jameson@Nowhere')).toMatchObject({ code: 2, stderr: 'no system is named Nowhere\n' });
    expect((await fails('Jameson@Sol', '--min-pad', 'XL')).stderr).toContain('minPad');
    expect((await fails('Jameson@Sol', '--strategy', 'magic')).stderr).toContain('"ortools"');
    expect((await fails('Jameson@Sol/Titan City')).stderr).toBe('no station of Sol is named Titan City\n');
  });
});

test('tour calibrate says what it cannot read, and what tells of no flight', async ({ expect }) => {
  const cwd = await place();
  const tdl = (...files: string[]) => runHere({ cwd, args: ['tour', 'calibrate', ...files] });
  expect((await tdl('Journal.nowhere.log')).stderr).toMatch(
    /^journal Journal\.nowhere\.log cannot be read: /,
  );
  expect(await tdl('tradedangerous-listener-config.json')).toMatchObject({
    ...{ code: 2, stderr: 'these journals tell of no flight from dock to dock\n' },
  });
});

test('tour calibrate shows the fit, and times for the configuration', async ({ expect }) => {
  const cwd = await place();
  const lines = Array.from({ length: 6 }, (_, i) => {
    const at = (s: number) => new Date(1e12 + (i * 1_000 + s) * 1_000).toISOString();
    const dock = { StationType: 'Coriolis', StationName: 'Port', MarketID: 1, DistFromStarLS: 9 };
    return [
      { timestamp: at(0), event: 'Undocked' },
      { timestamp: at(200), event: 'Docked', ...dock },
    ];
  });
  const text = lines.flat().map((line) => JSON.stringify(line));
  writeFileSync(join(cwd, 'Journal.log'), `${text.join('\r\n')}\r\n{"half`);
  const { stdout } = await runHere({ cwd, args: ['tour', 'calibrate', 'Journal.log'] });
  expect(stdout).toMatch(/^within a system +6 +13\.0 % +\+13\.0 % +0\.0 % +0\.0 %$/m);
  expect(stdout).toContain('"sameSystemS":{"space":200,');
});
