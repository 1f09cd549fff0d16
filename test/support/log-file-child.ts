/**
 * Child process: `node log-file-child.ts OPTIONS COUNT PACE END`: writes COUNT numbered lines to a log file, PACE lines
 * between two turns of the event loop, then ends: `flush` in good order, `exit` at once, `throw` by an error.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { openLogFile, type LogFileOptions } from '../../src/infra/log/log-file.ts';

const [options = '{}', count = '0', pace = '1', end = 'flush'] = process.argv.slice(2);
const log = openLogFile(JSON.parse(options) as LogFileOptions);
for (let n = 0; n < Number(count); n++) {
  log.write(`${n} ${'.'.repeat(100)}\n`);
  if (n % Number(pace) === 0) await turn();
}
if (end === 'throw') throw new Error('a bug');
if (end === 'flush') await log.flush();
process.exit(0);
