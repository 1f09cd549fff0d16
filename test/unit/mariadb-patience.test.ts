import { expect, test } from 'vitest';
import { patiently } from '../../src/infra/store/mariadb/housekeeping/purge.ts';

/** As the driver gives what the server says. */
const said = (errno: number) =>
  Object.assign(new Error(`number ${errno}`), { errno, sqlState: 'HY000', code: `ER_${errno}` });

const DEADLOCK = said(1213);

/** What is done so often in vain. */
function failing(times: number, error: Error) {
  let tries = 0;
  const run = () => (tries++ < times ? Promise.reject(error) : Promise.resolve('done'));
  return { run, tries: () => tries };
}

test('what meets locks of another writer is tried again, five times in all', async () => {
  for (const times of [0, 1, 4]) {
    const { run, tries } = failing(times, DEADLOCK);
    expect(await patiently(run, 1)).toBe('done');
    expect(tries()).toBe(times + 1);
  }
  const { run, tries } = failing(5, DEADLOCK);
  await expect(patiently(run, 1)).rejects.toBe(DEADLOCK);
  expect(tries()).toBe(5);
});

test('anything else is not', async () => {
  for (const error of [said(1146), new TypeError('a bug')]) {
    const { run, tries } = failing(1, error);
    await expect(patiently(run, 1)).rejects.toBe(error);
    expect(tries()).toBe(1);
  }
});
