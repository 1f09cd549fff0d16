import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** No work of anybody's. */
const IDLE = '(idle)';
const SHOWN = 15;

/** The functions in which the profiled processes and threads spent most time themselves, a line each. */
export function topFunctions(dir: string): string[] {
  const selfMs = new Map<string, number>();
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(dir, file), 'utf8')) as CpuProfile;
    const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
    for (const [i, id] of samples.entries()) {
      const name = names.get(id) ?? '?';
      if (name !== IDLE) selfMs.set(name, (selfMs.get(name) ?? 0) + timeDeltas[i]! / 1000);
    }
  }
  const totalMs = selfMs.values().reduce((sum, ms) => sum + ms, 0);
  return [...selfMs]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(
      ([name, ms]) =>
        `${ms.toFixed(0).padStart(8)} ms ${((100 * ms) / totalMs).toFixed(1).padStart(5)} %  ${name}`,
    );
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName;
  const place = url.replace(/^.*\/(?=(src|bench|test|node_modules)\/)/, '');
  return `${functionName === '' ? '(anonymous)' : functionName}  ${place}:${lineNumber + 1}`;
}
