import { AppError } from '../../domain/errors.ts';
import { toChart } from '../../machines/chart.ts';
import { toMermaid } from '../../machines/graph.ts';
import { MACHINES } from '../../machines/machines.ts';
import { say } from '../say.ts';

/** `graph [MACHINE] [--json]` */
export function run(options: { readonly machine: string | null; readonly json: boolean }): Promise<number> {
  return Promise.resolve(say(graph(options)));
}

/**
 * The state machines of the daemon: one, or all of them.
 * @returns Mermaid diagrams, or the charts as one JSON value (an array when no machine is named)
 * @throws AppError `usage` when there is no such machine
 */
export function graph({ machine, json }: { machine: string | null; json: boolean }): string {
  const known = MACHINES.map(({ id }) => id);
  const chosen = MACHINES.filter(({ id }) => machine === null || id === machine);
  if (chosen.length === 0) {
    throw new AppError('usage', `there is no machine "${machine}"`, { advice: `one of ${known.join(', ')}` });
  }
  if (json) {
    const charts = chosen.map(toChart);
    return `${JSON.stringify(machine === null ? charts : charts[0], null, 2)}\n`;
  }
  return chosen.map((drawn) => `${machine === null ? `%% ${drawn.id}\n` : ''}${toMermaid(drawn)}`).join('\n');
}
