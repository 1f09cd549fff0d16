import { readdirSync } from 'node:fs';
import type { ModelSetup } from '../../support/model.ts';

/** The `setups` of every file here. A machine without one is found by its coverage. */
export const SETUPS: readonly ModelSetup[] = (
  await Promise.all(
    readdirSync(import.meta.dirname)
      .filter((file) => file !== 'index.ts')
      .map((file) => import(`./${file}`) as Promise<{ readonly setups: readonly ModelSetup[] }>),
  )
).flatMap(({ setups }) => setups);
