import type { AnyStateMachine } from 'xstate';
import { toMermaid } from '../src/machines/graph.ts';

/** The page of one machine, made from its code. */
export function machinePage(machine: AnyStateMachine): string {
  return [
    `# ${machine.id}`,
    '',
    `Generated from \`src/machines/${machine.id}.machine.ts\` by \`npm run docs\`; what it guarantees stands there.`,
    '',
    '```mermaid',
    toMermaid(machine).trimEnd(),
    '```',
    '',
  ].join('\n');
}
