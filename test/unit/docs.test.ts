import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PAGES = ['README.md', ...globSync('docs/**/*.md')];
const MAP = readFileSync('docs/source-map.md', 'utf8');

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('names files of the source that are there', () => {
    const named = [...text.matchAll(/`((?:src|test|bench)\/[\w./-]+\.\w+)`/g)].map(([, path]) => path!);
    // What a reader is to make is called so.
    expect(named.filter((path) => !existsSync(path) && !path.includes('my-'))).toEqual([]);
  });

  it('links to pages that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });
});

it('the map names everybody who asks the write rule', () => {
  const asking = globSync('src/**/*.ts').filter((file) =>
    /\b(decideWrite|isNewer|believedS)\(/.test(readFileSync(file, 'utf8')),
  );
  const named = asking.filter((file) => MAP.includes(`\`${file}\``));
  expect(asking.filter((file) => !named.includes(file))).toEqual([]);
});
