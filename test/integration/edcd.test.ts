import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { readCachedCommodities, refreshCommodities } from '../../src/infra/edcd/commodities.ts';
import { FDEVIDS_DIR, testCatalogue } from '../support/messages.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

const FIXTURES = fileURLToPath(FDEVIDS_DIR);
const HEADER = 'id,symbol,category,name\r\n';
const never = new AbortController().signal;

let dir: string;
let cache: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'edcd-'));
  cache = join(dir, 'data', 'edcd');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

/** A directory with the two tables; `commodity` replaces the first one. */
async function source(commodity?: string): Promise<string> {
  const path = await mkdtemp(join(dir, 'source-'));
  await cp(FIXTURES, path, { recursive: true });
  if (commodity !== undefined) await writeFile(join(path, 'commodity.csv'), commodity);
  return path;
}

const table = () => readFile(join(FIXTURES, 'commodity.csv'), 'utf8');

/** What refreshing throws. */
function failure(from: string, signal = never): Promise<unknown> {
  return refreshCommodities(from, cache, signal).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
}

describe('tables', () => {
  test('give commodities and rares', async () => {
    expect(await refreshCommodities(FIXTURES, cache, never)).toEqual({
      commodities: testCatalogue().commodities,
      changed: true,
      warnings: [],
    });
  });

  test('may have other columns, another order, a byte order mark, quotes', async () => {
    const path = await source('\uFEFFname,new,ID,category,Symbol\n"Gold, pure",?,128049154,Metals,Gold\n\n');
    const { commodities } = await refreshCommodities(path, cache, never);
    expect(commodities[0]).toEqual({
      id: 128049154,
      symbol: 'Gold',
      category: 'Metals',
      name: 'Gold, pure',
      rare: false,
    });
  });

  test('lose the rows that cannot be read, and say how many', async () => {
    const bad = [
      'x,A,Metals,A',
      '0,A,Metals,A',
      '1.5,A,Metals,A',
      '2147483648,A,Metals,A',
      '7,,Metals,A',
      '8,A',
    ];
    const { commodities, warnings } = await refreshCommodities(
      await source(`${HEADER}${bad.join('\r\n')}\r\n9,Gold,Metals,Gold\r\n`),
      cache,
      never,
    );
    expect(commodities.filter(({ rare }) => !rare).map(({ id }) => id)).toEqual([9]);
    expect(warnings).toEqual(['commodity.csv: 6 rows could not be read']);
  });

  test('count what an unclosed quote swallows as a bad row', async () => {
    const path = await source(`${HEADER}9,Gold,Metals,Gold\r\n10,"Silver,Metals,Silver\r\n`);
    expect((await refreshCommodities(path, cache, never)).warnings).toEqual([
      'commodity.csv: 1 rows could not be read',
    ]);
  });

  test('count an id once', async () => {
    const path = await source(`${HEADER}128666747,First,Metals,First\r\n128666747,Second,Metals,Second\r\n`);
    const { commodities } = await refreshCommodities(path, cache, never);
    expect(commodities.filter(({ id }) => id === 128666747)).toMatchObject([
      { symbol: 'First', rare: false },
    ]);
  });

  test.each([
    ['an error page', '<!DOCTYPE html>\n<html><body class="x">404, not "found"</body></html>'],
    ['another table', 'id,symbol,name,entitlement\r\n128049249,SideWinder,Sidewinder,\r\n'],
    ['a header alone', HEADER],
    ['nothing', ''],
    ['an unclosed quote', `${HEADER}"1,Gold,Metals,Gold\r\n`],
    ['binary data', '\0\u0001\u0002'],
  ])('are refused when one is %s, and the cache stays', async (_, text) => {
    await refreshCommodities(FIXTURES, cache, never);
    const error = await failure(await source(text));
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'edcd' });
    expect(await readCachedCommodities(cache)).toEqual(testCatalogue().commodities);
  });

  test('must both be there', async () => {
    const path = await source();
    await unlink(join(path, 'rare_commodity.csv'));
    const error = await failure(path);
    expect(error).toMatchObject({ code: 'edcd' });
    expect(String(error)).toContain('rare_commodity.csv');
    expect(await readCachedCommodities(cache)).toBeNull();
  });

  test.skipIf(!hasSharedData)('of 2026-05 are read whole', async () => {
    const path = fileURLToPath(new URL('fdevids/', SHARED_DATA));
    const { commodities, warnings } = await refreshCommodities(path, cache, never);
    expect([commodities.filter(({ rare }) => rare).length, commodities.length, warnings]).toEqual([
      142,
      398,
      [],
    ]);
  });
});

describe('the cache', () => {
  beforeEach(() => refreshCommodities(FIXTURES, cache, never));

  test('gives what was fetched last', async () => {
    expect(await readCachedCommodities(cache)).toEqual(testCatalogue().commodities);
  });

  test('is none before anything was fetched', async () => {
    expect(await readCachedCommodities(join(dir, 'elsewhere'))).toBeNull();
  });

  test('tells whether anything changed', async () => {
    const other = await source((await table()) + '9,Gold,Metals,Gold\r\n');
    const changes = [];
    for (const from of [FIXTURES, other, other]) {
      changes.push((await refreshCommodities(from, cache, never)).changed);
    }
    expect(changes).toEqual([false, true, false]);
  });

  test.each([
    ['a table cut short', (path: string) => truncate(join(path, 'commodity.csv'), 500)],
    [
      'a table with more than was written',
      (path: string) => appendFile(join(path, 'rare_commodity.csv'), '9,A,B,C\n'),
    ],
    ['a table gone', (path: string) => unlink(join(path, 'commodity.csv'))],
    ['validators gone', (path: string) => unlink(join(path, 'validators.json'))],
    ['validators cut short', (path: string) => truncate(join(path, 'validators.json'), 20)],
    [
      'validators of another kind',
      (path: string) => writeFile(join(path, 'validators.json'), '{"commodity.csv": 1}'),
    ],
    [
      'empty files',
      (path: string) =>
        Promise.all([truncate(join(path, 'commodity.csv')), truncate(join(path, 'validators.json'))]),
    ],
  ])('does not count when damaged: %s, and is healed by the next refresh', async (_, damage) => {
    await damage(cache);
    expect(await readCachedCommodities(cache)).toBeNull();
    await refreshCommodities(FIXTURES, cache, never);
    expect(await readCachedCommodities(cache)).toEqual(testCatalogue().commodities);
  });

  test('is not needed: what was fetched is good though it cannot be kept', async () => {
    const blocked = join(dir, 'file');
    await writeFile(blocked, '');
    const { commodities, warnings } = await refreshCommodities(FIXTURES, join(blocked, 'edcd'), never);
    expect(commodities).toEqual(testCatalogue().commodities);
    expect(warnings).toEqual([expect.stringContaining('cannot be written')]);
  });
});

describe('a server', () => {
  interface Reply {
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly body?: string | Buffer;
    /** Ends the connection instead of the answer. */
    readonly cut?: boolean;
  }

  let server: Server;
  let base: string;
  let requests: IncomingMessage[];
  let answer: (request: IncomingMessage) => Reply | Promise<Reply>;

  /** The fixtures, with an ETag and a date, 304 to those who know them. */
  async function serveFixtures({ url, headers }: IncomingMessage): Promise<Reply> {
    const body = await readFile(join(FIXTURES, url?.split('/').at(-1) ?? ''));
    const validators = { etag: `"${body.length}"`, 'last-modified': 'Fri, 01 May 2026 12:00:00 GMT' };
    return headers['if-none-match'] === validators.etag
      ? { status: 304, headers: validators }
      : { body, headers: validators };
  }

  beforeEach(async () => {
    requests = [];
    answer = serveFixtures;
    server = createServer((request, response) => {
      requests.push(request);
      void Promise.resolve(answer(request)).then(({ status = 200, headers = {}, body = '', cut = false }) => {
        response.writeHead(status, headers);
        if (!cut) response.end(body);
        else response.write(body, () => response.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/FDevIDs/master`;
    for (const name of ['http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY']) vi.stubEnv(name, '');
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('is asked for both tables, by a program that says who it is', async () => {
    const { commodities } = await refreshCommodities(base, cache, never);
    expect(commodities).toEqual(testCatalogue().commodities);
    expect(requests.map(({ url }) => url)).toEqual([
      '/FDevIDs/master/commodity.csv',
      '/FDevIDs/master/rare_commodity.csv',
    ]);
    expect(requests[0]?.headers['user-agent']).toContain('tradedangerous-listener');
  });

  test('is asked only for what changed since', async () => {
    await refreshCommodities(base, cache, never);
    requests = [];
    const again = await refreshCommodities(base, cache, never);
    expect(again).toEqual({ commodities: testCatalogue().commodities, changed: false, warnings: [] });
    expect(requests.map(({ headers }) => headers['if-modified-since'])).toEqual([
      'Fri, 01 May 2026 12:00:00 GMT',
      'Fri, 01 May 2026 12:00:00 GMT',
    ]);
  });

  test('gives the new table when it changed', async () => {
    await refreshCommodities(base, cache, never);
    const body = (await table()) + '9,Gold,Metals,Gold\r\n';
    answer = (request) => (request.url?.endsWith('/commodity.csv') ? { body } : serveFixtures(request));
    const { commodities, changed } = await refreshCommodities(base, cache, never);
    expect([commodities.length, changed]).toEqual([testCatalogue().commodities.length + 1, true]);
    expect(await readCachedCommodities(cache)).toEqual(commodities);
  });

  test('is asked for everything when the cache is damaged', async () => {
    await refreshCommodities(base, cache, never);
    await truncate(join(cache, 'commodity.csv'), 500);
    requests = [];
    await refreshCommodities(base, cache, never);
    expect(requests.map(({ headers }) => headers['if-none-match'] === undefined)).toEqual([true, false]);
    expect(await readCachedCommodities(cache)).toEqual(testCatalogue().commodities);
  });

  test('is not told of validators that another source gave', async () => {
    await refreshCommodities(base, cache, never);
    requests = [];
    await refreshCommodities(base.replace('master', 'main'), cache, never);
    expect(requests[0]?.headers['if-none-match']).toBeUndefined();
  });

  test('may give no validators at all', async () => {
    answer = async ({ url }) => ({ body: await readFile(join(FIXTURES, url?.split('/').at(-1) ?? '')) });
    await refreshCommodities(base, cache, never);
    expect((await refreshCommodities(base, cache, never)).changed).toBe(false);
  });

  test('may compress', async () => {
    answer = async (request) => {
      const { body = '' } = await serveFixtures(request);
      return { body: gzipSync(body), headers: { 'content-encoding': 'gzip' } };
    };
    expect((await refreshCommodities(base, cache, never)).commodities).toEqual(testCatalogue().commodities);
  });

  test('may redirect', async () => {
    answer = (request) =>
      request.url?.includes('/moved/')
        ? serveFixtures(request)
        : { status: 301, headers: { location: `/moved${request.url ?? ''}` } };
    expect((await refreshCommodities(base, cache, never)).commodities).toEqual(testCatalogue().commodities);
  });

  test.each<[string, Reply]>([
    ['answers 404', { status: 404, body: 'no such file' }],
    ['answers 500', { status: 500 }],
    ['answers 304 to an unconditional request', { status: 304 }],
    ['sends an error page', { body: '<html><body>Please log in</body></html>' }],
    ['hangs up in the middle', { body: `${HEADER}9,Gold,Metals,Gold\r\n`, cut: true }],
    ['sends less than it promised', { body: HEADER, headers: { 'content-length': '5000' }, cut: true }],
    ['sends far too much', { body: Buffer.alloc(9 * 1024 * 1024, 'x') }],
  ])('that %s changes nothing', async (_, reply) => {
    await refreshCommodities(FIXTURES, cache, never);
    answer = () => reply;
    const error = await failure(base);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'edcd' });
    expect(await readCachedCommodities(cache)).toEqual(testCatalogue().commodities);
  });

  test('that fails at the second table leaves the first one as it was, too', async () => {
    await refreshCommodities(FIXTURES, cache, never);
    const body = `${HEADER}9,Gold,Metals,Gold\r\n`;
    answer = ({ url }) => (url?.endsWith('/commodity.csv') ? { body } : { status: 503 });
    expect(await failure(base)).toMatchObject({ code: 'edcd' });
    expect(await readCachedCommodities(cache)).toEqual(testCatalogue().commodities);
  });

  test('that is not there is named', async () => {
    await new Promise((resolve) => server.close(resolve));
    const error = await failure(base);
    expect(error).toMatchObject({ code: 'edcd' });
    expect(String(error)).toMatch(/commodity\.csv cannot be fetched: .*ECONNREFUSED/);
  });

  test('that does not answer is left when the caller aborts', async () => {
    const abort = new AbortController();
    answer = () => {
      abort.abort(new Error('stopping'));
      return new Promise<Reply>(() => undefined);
    };
    expect(await failure(base, abort.signal)).toEqual(new Error('stopping'));
  });

  test('is reached through the proxy that the environment names', async () => {
    vi.stubEnv('http_proxy', base.replace('/FDevIDs/master', ''));
    await refreshCommodities('http://fdevids.invalid/master', cache, never);
    expect(requests.map(({ url }) => url)).toContain('http://fdevids.invalid/master/commodity.csv');
  });
});

test('makes the cache directory', async () => {
  await mkdir(join(dir, 'data'));
  await refreshCommodities(FIXTURES, cache, never);
  expect(existsSync(join(cache, 'validators.json'))).toBe(true);
});
