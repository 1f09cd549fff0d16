import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileRoutes } from '../../src/infra/http/routes/files.ts';
import { sharedFileRoutes } from '../../src/infra/http/routes/shared-files.ts';
import { createMirror } from '../../src/infra/publishing/mirror.ts';
import type { SharedPlaces } from '../../src/infra/publishing/shared-files.ts';
import { ask, silentLog, startHttp } from '../support/http.ts';
import { tempDir } from '../support/temp-dir.ts';

const signal = new AbortController().signal;
const always = () => true;
const NAMES = ['System.csv', 'listings.csv', 'listings-live.csv', 'listings.manifest.json'];
const DELTA = 'hourly-20260501T120000Z-7.json';

/** The files of a daemon, and where it serves them. */
async function daemon(onFile: (name: string) => void = () => undefined) {
  const dir = tempDir();
  const deltasDir = join(dir, 'deltas');
  mkdirSync(deltasDir);
  const places: SharedPlaces = { files: new Map(NAMES.map((name) => [name, join(dir, name)])), deltasDir };
  const { url } = await startHttp([
    (app) => {
      app.addHook('onRequest', (request, _, done) => {
        if (request.url.startsWith('/files/')) onFile(request.url.slice('/files/'.length));
        done();
      });
      fileRoutes(app, { ...places, gzipDir: join(dir, 'gzip'), log: silentLog, isShared: true });
    },
    (app) => sharedFileRoutes(app, places),
  ]);
  const put = (name: string, text: string) => writeFileSync(join(dir, name), text);
  const text = (name: string) => readFileSync(join(dir, name), 'utf8');
  return { dir, url, places, put, text };
}

test('what is fetched is the same to who asks for it: bytes, tag, time; and nothing is fetched twice', async () => {
  const leader = await daemon();
  const other = await daemon();
  for (const name of NAMES) leader.put(name, `${name} of the leader\n`);
  leader.put(`deltas/${DELTA}`, '{}');
  // What a clock gives, to the nanosecond.
  utimesSync(join(leader.dir, 'listings.csv'), 1_777_636_800.123_9, 1_777_636_800.123_9);
  other.put('listings.csv', 'old\n');
  other.put('listings.manifest.json', 'of the old one');
  other.put('deltas/daily-20260401T120000Z-3.json', 'gone');
  const mirror = createMirror(other.places);

  const fetched = await mirror.fetch(leader.url, signal, always);
  expect(fetched.at(-2), 'a manifest is last of all').toBe('listings.manifest.json');
  expect(new Set(fetched)).toEqual(
    new Set([...NAMES, `deltas/${DELTA}`, 'deltas/daily-20260401T120000Z-3.json']),
  );
  expect(readdirSync(join(other.dir, 'deltas'))).toEqual([DELTA]);
  for (const name of [...NAMES, `deltas/${DELTA}`]) {
    const [theirs, ours] = await Promise.all([
      ask(`${leader.url}/files/${name}`),
      ask(`${other.url}/files/${name}`),
    ]);
    expect(ours.bytes.equals(theirs.bytes)).toBe(true);
    expect(ours.headers).toMatchObject({
      etag: theirs.headers.etag,
      'last-modified': theirs.headers['last-modified'],
    });
    const again = await ask(`${other.url}/files/${name}`, { 'if-none-match': theirs.headers.etag! });
    expect(again.status, 'who has it from one of them need not load it from another').toBe(304);
  }
  expect(await mirror.fetch(leader.url, signal, always)).toEqual([]);
  // The same bytes at another time are another version, and so they are here.
  utimesSync(join(leader.dir, 'System.csv'), 1_777_640_000.5, 1_777_640_000.5);
  expect(await mirror.fetch(leader.url, signal, always)).toEqual(['System.csv']);
  expect(await mirror.fetch(leader.url, signal, always)).toEqual([]);
});

test('whoever reads while listings are replaced finds no manifest of the old ones', async () => {
  const [leader, other] = [await daemon(), await daemon()];
  for (const name of NAMES) leader.put(name, 'newer');
  for (const name of NAMES) other.put(name, 'old');
  const manifests = new Set<string>();
  await createMirror(other.places).fetch(leader.url, signal, () => {
    const isThere = readdirSync(other.dir).includes('listings.manifest.json');
    if (other.text('listings.csv') === 'newer')
      manifests.add(isThere ? other.text('listings.manifest.json') : 'none');
    return true;
  });
  expect([...manifests]).toEqual(['none']);
  expect(other.text('listings.manifest.json')).toBe('newer');
});

test('deltas that are no more go behind what refers to them', async () => {
  const [leader, other] = [await daemon(), await daemon()];
  leader.put('listings.csv', 'of the leader\n');
  const gone = ['index.json', DELTA, DELTA.replace('.json', '.csv.gz')].map((name) => `deltas/${name}`);
  for (const name of gone.toReversed()) other.put(name, '{}');
  const fetched = await createMirror(other.places).fetch(leader.url, signal, always);
  expect(fetched).toEqual(['listings.csv', ...gone]);
});

test('a set that changes while it is fetched is not mixed with the one before', async () => {
  let isFirst = true;
  const leader = await daemon((name) => {
    if (name !== 'listings-live.csv' || !isFirst) return;
    isFirst = false;
    leader.put('System.csv', 'published meanwhile\n');
  });
  const other = await daemon();
  for (const name of NAMES) leader.put(name, 'first\n');
  const mirror = createMirror(other.places);
  expect(await mirror.fetch(leader.url, signal, always)).toEqual([]);
  expect(readdirSync(other.dir), 'nothing is left lying about').toEqual(['deltas']);
  expect(await mirror.fetch(leader.url, signal, always)).toContain('System.csv');
  expect(other.text('System.csv')).toBe('published meanwhile\n');
});

test('who leads by now replaces nothing; what is no file of ours is refused', async () => {
  const leader = await daemon();
  const other = await daemon();
  leader.put('listings.csv', 'new\n');
  other.put('listings.csv', 'old\n');
  const mirror = createMirror(other.places);
  expect(await mirror.fetch(leader.url, signal, () => false)).toEqual([]);
  expect(other.text('listings.csv')).toBe('old\n');
  const liar = await startHttp([
    (app) => {
      const files = [{ name: '../../etc/passwd', bytes: 1, modifiedMs: 1, version: 'a' }];
      app.get('/cluster/files', () => ({ files }));
    },
  ]);
  await expect(mirror.fetch(liar.url, signal, always)).rejects.toMatchObject({
    code: 'mirror',
    message: `${liar.url} lists ../../etc/passwd, which is no published file`,
  });
  const silent = await startHttp([]);
  await expect(mirror.fetch(silent.url, signal, always)).rejects.toMatchObject({
    code: 'mirror',
    advice: expect.stringContaining('cluster_url') as string,
  });
  await expect(mirror.fetch('http://127.0.0.1:1', signal, always)).rejects.toMatchObject({ code: 'mirror' });
});

test('whatever a file refers to is there before it', async () => {
  const delta = (name: string) => `deltas/${name}`;
  // Neither by name nor as a folder has them.
  const inOrder = [
    'System.csv',
    'listings.csv',
    'listings.csv.zst',
    delta(DELTA.replace('.json', '.csv.gz')),
    delta(DELTA),
    delta('index.json'),
    'listings.manifest.json',
  ];
  const placesIn = (dir: string): SharedPlaces => ({
    files: new Map(
      ['listings.manifest.json', 'listings.csv.zst', 'listings.csv', 'System.csv'].map((name) => [
        name,
        join(dir, name),
      ]),
    ),
    deltasDir: join(dir, 'deltas'),
  });
  const dirs = [tempDir(), tempDir()] as const;
  for (const dir of dirs) mkdirSync(join(dir, 'deltas'));
  for (const name of inOrder) writeFileSync(join(dirs[0], name), name);
  const places = placesIn(dirs[0]);
  const { url } = await startHttp([
    (app) => fileRoutes(app, { ...places, gzipDir: join(dirs[0], 'gzip'), log: silentLog, isShared: true }),
    (app) => sharedFileRoutes(app, places),
  ]);
  expect(await createMirror(placesIn(dirs[1])).fetch(url, signal, always)).toEqual(inOrder);
});

test('what is no list, or not as long as the list says, replaces nothing and says why', async () => {
  const other = await daemon();
  other.put('listings.csv', 'old\n');
  const mirror = createMirror(other.places);
  const serving = (list: unknown) =>
    startHttp([
      (app) => {
        app.get('/cluster/files', () => list);
        app.get('/files/listings.csv', () => 'short');
      },
    ]);
  const file = { name: 'listings.csv', bytes: 6, modifiedMs: 1, version: 'a' };
  for (const list of ['<html>', {}, { files: [{ ...file, bytes: '6' }] }]) {
    const { url } = await serving(list);
    await expect(mirror.fetch(url, signal, always)).rejects.toMatchObject({
      code: 'mirror',
      message: `${url}/cluster/files is no list of published files`,
    });
  }
  const { url } = await serving({ files: [file] });
  await expect(mirror.fetch(url, signal, always)).rejects.toMatchObject({
    code: 'mirror',
    message: `${url}/files/listings.csv: 5 of 6 bytes arrived`,
  });
  expect(other.text('listings.csv')).toBe('old\n');
  expect(readdirSync(other.dir).toSorted()).toEqual(['deltas', 'listings.csv']);
});
