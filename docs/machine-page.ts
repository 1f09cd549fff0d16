import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AnyStateMachine } from 'xstate';
import { toMermaid } from '../src/machines/graph.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The page of one machine, made from its code. */
export function machinePage(machine: AnyStateMachine): string {
  const [file] = globSync(`src/machines/*/${machine.id}.machine.ts`, { cwd: ROOT });
  if (file === undefined) throw new Error(`no file in src/machines/*/ is named after ${machine.id}`);
  return [
    `# ${machine.id}`,
    '',
    `Generated from \`${file}\` by \`npm run docs\`; what it guarantees stands there.`,
    '',
    '```mermaid',
    toMermaid(machine).trimEnd(),
    '```',
    '',
  ].join('\n');
}
