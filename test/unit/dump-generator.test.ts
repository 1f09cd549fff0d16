import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { dumpLines, writeDump } from '../../bench/generators/dump.ts';
import { NOW_S, RULES, stageText } from '../support/dump.ts';
import { tempDir } from '../support/temp-dir.ts';

const OPTIONS = { seed: 3, bytes: 60_000_000, nowS: NOW_S };
const lines = [...dumpLines(OPTIONS)];
const text = `${lines.join('\n')}\n`;

test('a seed decides every byte', () => {
  const digest = (seed: number) => {
    const hash = createHash('sha1');
    for (const line of dumpLines({ ...OPTIONS, bytes: 1_000_000, seed })) hash.update(line);
    return hash.digest('hex');
  };
  expect(digest(3)).toBe(digest(3));
  expect(digest(3)).not.toBe(digest(4));
});

test('it is as long as asked for, to a system', () => {
  expect(text.length).toBeGreaterThanOrEqual(OPTIONS.bytes);
  expect(text.length - lines.at(-2)!.length).toBeLessThan(OPTIONS.bytes);
});

test('it is JSON, one system a line', () => {
  const systems = JSON.parse(text) as unknown[];
  expect(systems).toHaveLength(lines.length - 2);
  expect(lines[0]).toBe('[');
  expect(lines.at(-1)).toBe(']');
});

test('the file has these lines and the size that was told', async () => {
  const path = join(tempDir(), 'dump.json.gz');
  const size = await writeDump(path, { ...OPTIONS, bytes: 1_000_000 });
  const written = gunzipSync(readFileSync(path)).toString();
  expect(written).toBe([...dumpLines({ ...OPTIONS, bytes: 1_000_000 }), ''].join('\n'));
  const staged = stageText(written, { ...RULES, blocksNotBeforeS: 0 });
  expect(staged.problems).toEqual({});
  expect(size).toEqual({
    systems: staged.systemsRead,
    stations: staged.stationsRead,
    marketRows: staged.stations.reduce((sum, { market }) => sum + (market?.rows.length ?? 0) / 8, 0),
  });
});

test('it has the proportions of the real one', () => {
  const everything = stageText(text, { ...RULES, blocksNotBeforeS: 0 });
  const { stations, systems } = everything;
  const onBodies = (JSON.parse(text) as { bodies: { stations: unknown[] }[] }[])
    .flatMap(({ bodies }) => bodies.map((body) => body.stations.length))
    .reduce((sum, count) => sum + count, 0);
  const share = (count: number, whole = stations.length) => count / whole;
  expect(share(onBodies)).toBeGreaterThan(0.4);
  expect(share(onBodies)).toBeLessThan(0.65);
  const carriers = stations.filter(({ row }) => row?.typeId === 24);
  expect(share(carriers.length)).toBeGreaterThan(0.4);
  expect(Math.max(...carriers.map(({ market }) => (market?.rows.length ?? 0) / 8))).toBeLessThanOrEqual(2);
  expect(stations.some(({ outfitting }) => (outfitting?.ids.length ?? 0) > 100)).toBe(true);
  expect(stations.some(({ shipyard }) => shipyard !== null)).toBe(true);
  expect(systems.some(({ id }) => id > 2n ** 53n)).toBe(true);
  expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(2_000_000);
  const markets = stations.filter(({ market }) => market !== null);
  const fresh = markets.filter(({ market }) => market!.observedAtS >= RULES.blocksNotBeforeS);
  expect(share(fresh.length, markets.length)).toBeGreaterThan(0.1);
  expect(share(fresh.length, markets.length)).toBeLessThan(0.3);
});
