import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ListedStations, stationsLacking } from '../../src/infra/publishing/listed-stations.ts';
import { LISTINGS_HEADER } from '../../src/infra/store/shared/listing.ts';
import { tempDir } from '../support/temp-dir.ts';

test('the stations of a listing, however its lines are cut into pieces', async () => {
  const ids = ['12', '128000001', '128000002', '1280000021', '9007199254740991'];
  const lines = ids.flatMap((id, i) => Array.from({ length: i + 1 }, (_, row) => `${row},${id},5,0,0,0\n`));
  for (const size of [1, 2, 3, 100]) {
    const listed = new ListedStations();
    listed.take(Buffer.from(LISTINGS_HEADER));
    for (let at = 0; at < lines.length; at += size)
      listed.take(Buffer.from(lines.slice(at, at + size).join('')));
    expect([...listed.ids]).toEqual(ids);
  }

  const file = join(tempDir(), 'Station.csv');
  writeFileSync(file, "unq:station_id,name\n12,'A'\n128000002,'B'\n");
  const lacking = (...wanted: string[]) =>
    stationsLacking(file, new Set(wanted), new AbortController().signal);
  expect(await lacking(...ids)).toBe(3);
  expect(await lacking('12')).toBe(0);
});
