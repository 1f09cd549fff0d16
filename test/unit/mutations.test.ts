import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MUTATIONS } from '../mutations/list.ts';

it.each(MUTATIONS)('the planted fault still fits the code: $fault', ({ file, from, tests }) => {
  expect(readFileSync(file, 'utf8').split(from), `${from} in ${file}`).toHaveLength(2);
  expect(tests.filter((test) => !existsSync(test))).toEqual([]);
});
