/** Runs one benchmark, for bench/run.ts: takes its name and options as JSON, sends its results to the parent. */
import { BENCHMARKS } from './benchmarks/index.ts';
import { Unavailable, type Result, type RunOptions } from './harness/types.ts';

export type Answer = { readonly results: readonly Result[] } | { readonly unavailable: string };

const [name, options] = process.argv.slice(2) as [string, string];
const benchmark = await BENCHMARKS[name]!();
let answer: Answer;
try {
  answer = { results: await benchmark.run(JSON.parse(options) as RunOptions) };
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  answer = { unavailable: error.message };
}
process.send!(answer, () => process.disconnect());
