import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

// The same from src/ and from dist/: the page is no TypeScript and is published as it stands.
const PAGE = new URL('../../../src/pages/inspector/', import.meta.url);
const require = createRequire(import.meta.url);

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const JS = 'text/javascript; charset=utf-8';

/** Everything the page consists of, by URL path. Nothing else is served from the disk. */
const FILES: Readonly<Record<string, readonly [type: string, file: URL | string]>> = {
  '/': [HTML, new URL('index.html', PAGE)],
  '/style.css': [CSS, new URL('style.css', PAGE)],
  ...Object.fromEntries(
    ['page', 'tree', 'chart', 'layout', 'sequence', 'detail', 'dom'].map((name) => [
      `/${name}.js`,
      [JS, new URL(`${name}.js`, PAGE)] as const,
    ]),
  ),
  '/elk-api.js': [JS, require.resolve('elkjs/lib/elk-api.js')],
  '/elk-worker.js': [JS, require.resolve('elkjs/lib/elk-worker.min.js')],
};

/** @returns null when the page has no such part */
export async function readAsset(path: string): Promise<Asset | null> {
  const [type, file] = FILES[path] ?? [];
  return type === undefined || file === undefined ? null : { type, body: await readFile(file) };
}
