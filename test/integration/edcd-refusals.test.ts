import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { refreshCommodities } from '../../src/infra/edcd/commodities.ts';
import { FDEVIDS_DIR } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';

// Of a first start: with a cache whatever is not the whole table is refused for the rows it has lost.

const HEADER = 'id,symbol,category,name\r\n';
const GOLD = '9,Gold,Metals,Gold\r\n';
const CHECK = 'what was fetched before stays in use; check edcd_source';
const MAX_BYTES = 8 * 1024 * 1024;

function sourceOf(commodity: string): string {
  const source = tempDir();
  cpSync(fileURLToPath(FDEVIDS_DIR), source, { recursive: true });
  writeFileSync(join(source, 'commodity.csv'), commodity);
  return source;
}

function refresh(source: string) {
  const cache = join(tempDir(), 'edcd');
  const { signal } = new AbortController();
  return refreshCommodities(source, cache, signal).catch((error: unknown) => {
    expect(existsSync(cache)).toBe(false);
    throw error;
  });
}

/** @param commodity what is answered for the first table */
async function serve(status: number, commodity: string): Promise<string> {
  for (const name of ['http_proxy', 'HTTP_PROXY']) vi.stubEnv(name, '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = createServer((_, response) => response.writeHead(status).end(commodity)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const bad = (rows: number) => 'x,A,B,C\r\n'.repeat(rows);

test.each([
  [
    'an error page',
    '<!DOCTYPE html>\n<html><body>Please log in</body></html>',
    'is no table of EDCD FDevIDs',
  ],
  ['a header alone', HEADER, 'is no table of EDCD FDevIDs'],
  ['nothing', '', 'is no table of EDCD FDevIDs'],
  ['too many bad rows', `${HEADER}${GOLD}${bad(11)}`, 'is damaged: 11 of its rows cannot be read'],
  [
    'a quote that swallows the rest',
    `${HEADER}${GOLD}10,"Silver,Metals,Silver\r\n${GOLD.repeat(11)}`,
    'is damaged: 12 of its rows cannot be read',
  ],
])('%s is refused, and kept nowhere', async (_, commodity, reason) => {
  await expect(refresh(sourceOf(commodity))).rejects.toMatchObject({
    code: 'edcd',
    message: expect.stringMatching(new RegExp(`^commodity\\.csv ${reason}`)),
    advice: CHECK,
  });
});

test('a few bad rows are told; blank lines are none', async () => {
  const { warnings } = await refresh(sourceOf(`${HEADER}${GOLD}\r\n \r\n${bad(10)}\r\n`));
  expect(warnings).toEqual(['commodity.csv: 10 rows could not be read']);
});

test('a folder without the table is named, and what it should be', async () => {
  const source = tempDir();
  await expect(refresh(source)).rejects.toMatchObject({
    code: 'edcd',
    message: expect.stringContaining(`${join(source, 'commodity.csv')} cannot be read: ENOENT`),
    advice: 'edcd_source must be a directory that holds the tables of EDCD FDevIDs',
  });
});

test.each([
  ['a sound table with another status', 500, `${HEADER}${GOLD}`, 'the server answers 500'],
  ['a 304 that nobody asked for', 304, '', 'the server answers 304'],
  [
    'a byte too much',
    200,
    `${HEADER}${GOLD}`.padEnd(MAX_BYTES + 1, '\n'),
    `it is larger than ${MAX_BYTES} bytes`,
  ],
])('of a server %s is refused', async (_, status, commodity, reason) => {
  const url = await serve(status, commodity);
  await expect(refresh(url)).rejects.toMatchObject({
    code: 'edcd',
    message: `${url}/commodity.csv cannot be fetched: ${reason}`,
    advice: 'what was fetched before stays in use; check the network, the proxy variables and edcd_source',
  });
});
