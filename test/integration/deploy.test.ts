import { execFile } from 'node:child_process';
import { statSync, globSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);

it('an older Node is told what is needed, not met with a syntax error', async () => {
  const versions = '{...process.versions,node:"20.11.0"}';
  const older = `data:text/javascript,Object.defineProperty(process,"versions",{value:${versions}})`;
  const ended = run(process.execPath, ['--import', older, 'bin/tdl.js', '--version']);
  await expect(ended).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^tradedangerous-listener needs Node 24 or newer; this is 20\.11\.0/),
  });
});

it('its first file has nothing that an older Node cannot read', () => {
  const text = readFileSync('bin/tdl.js', 'utf8');
  // Node would miss a name that it has not before the first line runs.
  expect([...text.matchAll(/^import .*$/gm)].map(([line]) => line)).toEqual([
    "import { existsSync } from 'node:fs';",
    "import { fileURLToPath } from 'node:url';",
  ]);
});

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

it('the package has its lock, what deploys it, and its pages', () => {
  const { files, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    files: string[];
    scripts: Record<string, string>;
  };
  expect(files).toEqual(expect.arrayContaining(['bin', 'dist', 'deploy', 'docs', 'npm-shrinkwrap.json']));
  expect(scripts.prepack).toContain('cp package-lock.json npm-shrinkwrap.json');
});

describe('commands in deploy/ and the operator’s pages', () => {
  const pages = [...globSync('deploy/**'), 'docs/operations.md', 'docs/migration.md'].filter(isFile);

  let verbs: (string | undefined)[] = [];

  beforeAll(async () => {
    const { stdout } = await run(process.execPath, ['bin/tdl.js', '--help']);
    verbs = [...stdout.matchAll(/^ {2}([a-z-]+)[ |[]/gm)].map(([, verb]) => verb);
  });

  it.each(pages)('%s uses verbs that there are', (page) => {
    const used = [...readFileSync(page, 'utf8').matchAll(/(?:\btdl|bin\/tdl) ([a-z][a-z-]+)/g)];
    expect(used.map(([, verb]) => verb).filter((verb) => !verbs.includes(verb))).toEqual([]);
  });
});
