import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { GalaxyStore, PublishedStation } from '../../src/domain/ports/store/galaxy-store.ts';
import { demotePublished } from '../../src/infra/publishing/demote.ts';
import { tempDir } from '../support/temp-dir.ts';

test.each([0, 1, 99, 100, 101, 250])(
  'every one of %i published stations is offered once, with all its lines',
  async (count) => {
    const expected = Array.from({ length: count }, (_, i) => ({
      id: BigInt(i + 1),
      lines: `${i},1\n${i},2`,
    }));
    const lines = expected.flatMap(({ id, lines: own }) => own.split('\n').map((line) => `7,${id},${line}`));
    const file = join(tempDir(), 'listings.csv');
    writeFileSync(file, ['id,station_id,rest', ...lines, ''].join('\n'));
    const offered: PublishedStation[] = [];
    const store: Pick<GalaxyStore, 'liveStations' | 'demote'> = {
      liveStations: () => Promise.resolve(BigInt64Array.from(expected, ({ id }) => id)),
      demote: (stations) => Promise.resolve((offered.push(...stations), stations.length)),
    };
    const demoted = await demotePublished(store as GalaxyStore, file, new AbortController().signal);
    expect(demoted).toBe(count);
    expect(offered).toEqual(expected);
  },
);
