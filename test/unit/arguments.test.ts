import { expect, test } from 'vitest';
import { HELP, parseArguments } from '../../src/cli/arguments.ts';

const RUN = { verb: 'run', update: true, inspect: null, overrides: {} };

test.each([
  ['', { ...RUN }],
  ['--no-update', { ...RUN, update: false }],
  ['--inspect', { ...RUN, inspect: 8391 }],
  [
    '--log-file a.log --log-level warn --pid-file a.pid',
    { ...RUN, overrides: { logFile: 'a.log', logLevel: 'warn', pidFile: 'a.pid' } },
  ],
  ['purge', { verb: 'purge', dryRun: false }],
  ['purge --dry-run', { verb: 'purge', dryRun: true }],
  ['maintain --dry-run', { verb: 'maintain', dryRun: true }],
  ['status', { verb: 'status' }],
  ['--stats', { verb: 'stats' }],
  ['--export-live-now', { verb: 'export-live' }],
  ['--export-dump-now', { verb: 'export-dump' }],
  ['import dump.json.gz', { verb: 'import', from: 'dump.json.gz', maxAgeDays: undefined }],
  ['import - --max-age 90', { verb: 'import', from: '-', maxAgeDays: 90 }],
  ['import - --max-age all', { verb: 'import', from: '-', maxAgeDays: Infinity }],
  ['publish', { verb: 'publish' }],
  ['replay file', { verb: 'replay', file: 'file' }],
  ['replay -- --odd-name', { verb: 'replay', file: '--odd-name' }],
  ['sample', { verb: 'sample', count: 10, timeoutS: 60 }],
  ['sample --count 3 --timeout=0.5', { verb: 'sample', count: 3, timeoutS: 0.5 }],
  ['check-config', { verb: 'check-config' }],
  ['--help', { verb: 'help' }],
  ['replay -h', { verb: 'help' }],
  ['--stats --version', { verb: 'version' }],
])('"%s" is %j', (line, command) => {
  expect(parseArguments(line.split(' ').filter((part) => part !== ''))).toEqual(command);
});

test.each([
  ['--nonsense', /Unknown option '--nonsense'/],
  ['fly', /unknown command "fly"/],
  ['--log-level loud', /--log-level must be debug, info, warn or error/],
  ['--log-file=', /--log-file is empty/],
  ['--stats --dry-run', /--dry-run does not go with --stats/],
  ['purge --pid-file x', /--pid-file does not go with purge/],
  ['--stats x', /unknown command "x"/],
  ['toString', /unknown command "toString"/],
  ['--stats --export-live-now', /--stats and --export-live-now do not go together/],
  ['import x --max-age never', /--max-age must be a number from 0\.01 on/],
  ['replay', /replay needs a FILE/],
  ['replay a b', /replay takes one FILE, not 2/],
  ['replay a --stats', /--stats does not go with replay/],
  ['replay a --count 3', /--count does not go with replay/],
  ['--count 3', /--count does not go with the daemon/],
  ['check-config --no-update', /--no-update does not go with check-config/],
  ['check-config now', /check-config takes no operand, not 1/],
  ['sample --count 0', /--count must be a whole number from 1 on/],
  ['sample --count 1.5', /--count must be a whole number/],
  ['sample --count many', /--count must be a whole number/],
  ['sample --count=', /--count must be a whole number/],
  ['sample --timeout -1', /--timeout/],
  ['sample --timeout Infinity', /--timeout must be a number from 0\.1 on/],
])('"%s" is refused', (line, message) => {
  expect(() => parseArguments(line.split(' '))).toThrow(message);
});

test('help shows every verb', () => {
  for (const verb of ['--stats', 'import FILE|URL|-', 'replay FILE', 'sample [--count N]', 'check-config']) {
    expect(HELP).toContain(`  tdl ${verb}`);
  }
});
