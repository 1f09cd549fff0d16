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
const SHOWN = 8;
/** Processes and threads that did less than this part of the work are left out. */
const WORTH_SHOWING = 0.05;

/** The functions in which each profiled process and thread spent most time themselves, a line each. */
export function topFunctions(dir: string): string[] {
  const threads = readdirSync(dir)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => selfTimes(JSON.parse(readFileSync(join(dir, name), 'utf8')) as CpuProfile))
    .sort((a, b) => b.busyMs - a.busyMs);
  const totalMs = threads.reduce((sum, { busyMs }) => sum + busyMs, 0);
  return threads
    .filter(({ busyMs }) => busyMs >= totalMs * WORTH_SHOWING)
    .flatMap(({ busyMs, functions }, i) => [
      `thread ${i + 1}, ${busyMs.toFixed(0)} ms of work:`,
      ...functions
        .slice(0, SHOWN)
        .map(
          ([name, ms]) =>
            `${ms.toFixed(0).padStart(8)} ms ${((100 * ms) / busyMs).toFixed(1).padStart(5)} %  ${name}`,
        ),
    ]);
}

function selfTimes({ nodes, samples, timeDeltas }: CpuProfile) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const selfMs = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const name = names.get(id) ?? '?';
    if (name !== IDLE) selfMs.set(name, (selfMs.get(name) ?? 0) + timeDeltas[i]! / 1000);
  }
  return {
    busyMs: selfMs.values().reduce((sum, ms) => sum + ms, 0),
    functions: [...selfMs].sort(([, a], [, b]) => b - a),
  };
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName;
  const place = url.replace(/^.*\/(?=(src|bench|test|node_modules)\/)/, '');
  return `${functionName === '' ? '(anonymous)' : functionName}  ${place}:${lineNumber + 1}`;
}
