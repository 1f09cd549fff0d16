import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpApp } from '../app.ts';
import { addCompression } from '../compression.ts';
import { addTags } from '../tags.ts';

// The same from src/ and from dist/: the page is no TypeScript and is published as it stands.
const PAGE = new URL('../../../../src/pages/portal/', import.meta.url);
const INDEX = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  // Kept by browsers, and asked for again every time.
  'cache-control': 'no-cache',
};

/** `/`: a page for people, who ask the query API with it; what it consists of is under `/portal/`. */
export async function portalRoutes(app: HttpApp): Promise<void> {
  await addTags(app);
  await addCompression(app);
  const serve = (url: string, file: URL | string, type: string) =>
    app.get(url, async (_request, reply) =>
      reply
        .type(type)
        .headers(HEADERS)
        .send(await readFile(file)),
    );

  for (const name of readdirSync(PAGE, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)];
    if (type !== undefined) serve(name === INDEX ? '/' : `/portal/${name}`, new URL(name, PAGE), type);
  }
  for (const [name, module] of [
    ['preact.js', 'preact'],
    ['uplot.js', 'uplot/dist/uPlot.esm.js'],
    ['uplot.css', 'uplot/dist/uPlot.min.css'],
  ] as const) {
    serve(`/portal/${name}`, fileURLToPath(import.meta.resolve(module)), TYPES[extname(name)] ?? '');
  }
}
