import { run } from './run.ts';

/** For whoever reads our output slowly. */
const LAST_WORDS_MS = 1_000;

process.exitCode = await run(process.argv.slice(2));
// A drain that was cut short, a thread that hangs, or a reader that has stopped reading must not keep the process.
setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
process.stdout.write('', () => process.exit());
