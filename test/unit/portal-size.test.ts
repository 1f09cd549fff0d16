import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const PAGE = new URL('../../src/pages/portal/', import.meta.url);

test('all scripts of the page without the map take less than 150 KB', () => {
  const own = readdirSync(PAGE, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.js') && !/^map\/|^views\/map\.js/.test(name),
  );
  const libraries = ['preact', 'uplot/dist/uPlot.esm.js'].map((name) =>
    fileURLToPath(import.meta.resolve(name)),
  );
  const files = [...own.map((name) => new URL(name, PAGE)), ...libraries];
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  expect(own.length).toBeGreaterThan(15);
  expect(bytes).toBeLessThan(150_000);
});
