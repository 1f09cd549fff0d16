import { describeError, EXIT } from '../domain/errors.ts';
import { run } from './run.ts';

/** For whoever reads our output slowly. */
const LAST_WORDS_MS = 1_000;

process.exitCode = await run(process.argv.slice(2));
// A drain that was cut short, a thread that hangs, or a reader that has stopped reading must not keep the process.
setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
process.stdout.write('', () => {
  const { errored } = process.stdout as { readonly errored?: NodeJS.ErrnoException | null };
  // Who has read enough closes the pipe.
  if (errored && errored.code !== 'EPIPE') {
    process.stderr.write(`what it says could not be written: ${describeError(errored)}\n`);
    if (process.exitCode === EXIT.ok) process.exitCode = EXIT.failure;
  }
  process.exit();
});
