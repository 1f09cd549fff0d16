import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { writeConfig } from '../support/daemon.ts';
import { makeGalaxy } from '../support/galaxy.ts';
import { runHere } from '../support/here.ts';
import { tempDir } from '../support/temp-dir.ts';

const VERBS = ['status', '--stats', 'check-config', 'token list'];

/** Every file below a directory, with a hash of what is in it. */
function contents(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .map((path) => {
      const hash = createHash('sha256');
      if (statSync(path).isFile()) hash.update(readFileSync(path));
      return `${path} ${hash.digest('hex')}`;
    })
    .sort();
}

describe.each(VERBS)('%s writes nothing', (verb) => {
  test('in a directory where nothing is', async () => {
    const cwd = tempDir();
    const { code } = await runHere({ cwd, args: verb.split(' ') });
    expect(code).toBe(1);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('where a database of somebody else is', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    await makeGalaxy(join(cwd, 'data/TradeDangerous.db'), ['Sol']);
    // As Trade Dangerous leaves it: not in WAL mode, which stands in the file.
    const db = new DatabaseSync(join(cwd, 'data/TradeDangerous.db'));
    db.exec('PRAGMA journal_mode = DELETE');
    db.close();
    const before = contents(cwd);
    await runHere({ cwd, args: verb.split(' ') });
    expect(contents(cwd)).toEqual(before);
  });
});

test('the wrong directory is told', async () => {
  const cwd = tempDir();
  expect((await runHere({ cwd, args: ['status'] })).stdout).toMatch(
    /^no daemon works on .*\nneither it nor .*config\.json is there: go to the daemon's working directory/,
  );
  expect((await runHere({ cwd, args: ['--stats'] })).stderr).toMatch(
    /TradeDangerous\.db does not exist \(.*right directory\?\)/,
  );
  expect((await runHere({ cwd, args: ['check-config'] })).stdout).toMatch(
    /config\.json does not exist: .*\(is this the daemon's working directory\?\)/,
  );
});
