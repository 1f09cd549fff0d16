import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { machinePage } from '../../docs/machine-page.ts';
import { machinesByName } from '../support/machines-by-name.ts';

describe('the diagrams in docs/machines', () => {
  test.each(machinesByName())('%s is what its code says', async (id, machine) => {
    const page = await readFile(new URL(`../../docs/machines/${id}.md`, import.meta.url), 'utf8');
    expect(page, 'run `npm run docs` and commit').toBe(machinePage(machine));
  });
});
