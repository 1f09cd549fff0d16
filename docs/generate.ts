/** Writes the machines' diagrams: `npm run docs`. A test fails when they differ from the code. */
import { mkdir, writeFile } from 'node:fs/promises';
import { MACHINES } from '../src/machines/graph.ts';
import { machinePage } from './machine-page.ts';

const folder = new URL('./machines/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const machine of MACHINES) await writeFile(new URL(`${machine.id}.md`, folder), machinePage(machine));
