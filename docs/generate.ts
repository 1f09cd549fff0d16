/** Writes what the docs take from the code: `npm run docs`. Tests fail when they differ. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { MACHINES } from '../src/machines/machines.ts';
import { CONFIGURATION_PAGE, withTables } from './configuration-tables.ts';
import { CONFIG_SCHEMA, configSchema } from './config-schema.ts';
import { machinePage } from './machine-page.ts';

const folder = new URL('./machines/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const machine of MACHINES) await writeFile(new URL(`${machine.id}.md`, folder), machinePage(machine));

await writeFile(CONFIGURATION_PAGE, withTables(await readFile(CONFIGURATION_PAGE, 'utf8')));
await writeFile(CONFIG_SCHEMA, configSchema());
