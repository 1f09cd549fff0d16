import { expect, test } from 'vitest';
import { isSameDump, type DumpVersion } from '../../src/domain/ports/galaxy/dump.ts';

const TAGGED: DumpVersion = { source: 'https://spansh.test/dump', etag: '"1"', lastModifiedS: 7, size: 100 };
const UNTAGGED: DumpVersion = { ...TAGGED, etag: null };

test.each([
  ['nothing', TAGGED, TAGGED, true],
  ['nothing, and there is no ETag', UNTAGGED, UNTAGGED, true],
  ['the ETag', TAGGED, { ...TAGGED, etag: '"2"' }, false],
  ['all but the ETag', TAGGED, { ...TAGGED, lastModifiedS: 8, size: 101 }, true],
  ['the source', TAGGED, { ...TAGGED, source: 'https://spansh.test/other' }, false],
  ['the time, and one has no ETag', TAGGED, { ...UNTAGGED, lastModifiedS: 8 }, false],
  ['the size, and one has no ETag', TAGGED, { ...UNTAGGED, size: 101 }, false],
  ['the size, which one does not tell', UNTAGGED, { ...UNTAGGED, size: null }, false],
  [
    'nothing, but no time is told',
    { ...UNTAGGED, lastModifiedS: null },
    { ...UNTAGGED, lastModifiedS: null },
    false,
  ],
] as const)('two answers that differ in %s', (_, a, b, isSame) => {
  expect([isSameDump(a, b), isSameDump(b, a)]).toEqual([isSame, isSame]);
});
