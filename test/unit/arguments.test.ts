import { expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';

const RUN = { verb: 'daemon', update: true, inspect: null, overrides: {} };

test.each([
  ['', { ...RUN }],
  ['--no-update', { ...RUN, update: false }],
  [
    'find tritium --near Sol',
    {
      verb: 'find',
      commodity: 'tritium',
      side: 'sellers',
      query: { limit: '20', near: 'Sol' },
      format: 'table',
    },
  ],
  [
    'find gold --buyers --min-pad L --csv --limit=3',
    {
      verb: 'find',
      commodity: 'gold',
      side: 'buyers',
      query: { limit: '3', minPad: 'L' },
      format: 'csv',
    },
  ],
  [
    'stale --older-than 12h --json',
    { verb: 'stale', query: { limit: '20', olderThan: '12h' }, format: 'json' },
  ],
  ['market 5', { verb: 'market', market: '5', format: 'table' }],
  ['token add bob --scope tours', { verb: 'token-add', name: 'bob', scopes: ['tours'] }],
  [
    'token add a.b-c_1 --scope=tours,journal,tours',
    { verb: 'token-add', name: 'a.b-c_1', scopes: ['journal', 'tours'] },
  ],
  ['token list', { verb: 'token-list', json: false }],
  ['token list --json', { verb: 'token-list', json: true }],
  ['token remove bob', { verb: 'token-remove', name: 'bob' }],
  ['--inspect', { ...RUN, inspect: 8391 }],
  [
    '--log-file a.log --log-level warn --pid-file a.pid',
    { ...RUN, overrides: { logFile: 'a.log', logLevel: 'warn', pidFile: 'a.pid' } },
  ],
  ['purge', { verb: 'purge', dryRun: false, force: false, repair: false }],
  ['purge --force --repair', { verb: 'purge', dryRun: false, force: true, repair: true }],
  ['purge --dry-run', { verb: 'purge', dryRun: true, force: false, repair: false }],
  ['maintain --dry-run', { verb: 'maintain', dryRun: true }],
  ['serve', { verb: 'serve', listen: null }],
  ['serve --listen [::1]:80', { verb: 'serve', listen: { host: '::1', port: 80 } }],
  ['status', { verb: 'status', json: false }],
  ['status --json', { verb: 'status', json: true }],
  ['--stats', { verb: 'stats' }],
  ['--export-live-now', { verb: 'export', scope: 'live' }],
  ['--export-dump-now', { verb: 'export', scope: 'all' }],
  ['import dump.json.gz', { verb: 'import', from: 'dump.json.gz', maxAgeDays: undefined }],
  ['import - --max-age 90', { verb: 'import', from: '-', maxAgeDays: 90 }],
  ['import - --max-age all', { verb: 'import', from: '-', maxAgeDays: Infinity }],
  ['publish', { verb: 'publish' }],
  [
    'backfill --from 2026-02-27 --to 2026-03-01 --dry-run',
    { verb: 'backfill', days: ['2026-02-27', '2026-02-28', '2026-03-01'], dryRun: true },
  ],
  ['replay file', { verb: 'replay', from: ['file'], again: false }],
  ['replay -- --odd-name', { verb: 'replay', from: ['--odd-name'], again: false }],
  ['sample', { verb: 'sample', count: 10, timeoutS: 60 }],
  ['sample --count 3 --timeout=0.5', { verb: 'sample', count: 3, timeoutS: 0.5 }],
  ['sample --market Sol/Lincoln', { verb: 'sample', count: 10, timeoutS: 60, market: 'Sol/Lincoln' }],
  ['watch', { verb: 'watch', json: false }],
  [
    'watch --commodity gold --near Sol --within 30 --json',
    { verb: 'watch', commodity: 'gold', near: 'Sol', within: 30, json: true },
  ],
  ['check-config', { verb: 'check-config' }],
  ['replay a b --again', { verb: 'replay', from: ['a', 'b'], again: true }],
  ['replay -', { verb: 'replay', from: ['-'], again: false }],
  ['--inspect', { ...RUN, inspect: 8391 }],
  ['--inspect 0', { ...RUN, inspect: 0 }],
])('"%s" is %j', (line, command) => {
  expect(parseArguments(line.split(' ').filter((part) => part !== ''))).toEqual(command);
});

test.each([
  ['--nonsense', /unknown option '--nonsense'/],
  ['fly', /unknown command "fly"/],
  ['--log-level loud', /--log-level .*'loud' is invalid\. .* debug, info, warn, error/],
  ['--log-file=', /--log-file .* is empty/],
  ['--stats --dry-run', /unknown option '--dry-run'/],
  ['purge --pid-file x', /unknown option '--pid-file'/],
  ['--stats x', /unknown command "x"/],
  ['toString', /unknown command "toString"/],
  ['--stats --export-live-now', /'--stats' cannot be used with option '--export-live-now'/],
  ['import x --max-age never', /--max-age .*a number from 0\.01 on/],
  ['replay', /missing required argument 'FILE'/],
  ['backfill --from 2026-02-30 --to 2026-03-01', /It must be a day/],
  ['backfill --from 0001-01-01 --to 9999-12-31', /--to 9999-12-31 is .*10000 days after it/],
  ['backfill --from 2026-03-02 --to 2026-03-01', /--to 2026-03-01 is before --from 2026-03-02/],
  ['backfill --from 2026-03-02', /required option '--to <day>' not specified/],
  ['replay a --stats', /unknown option '--stats'/],
  ['--stats replay a', /--stats does not go with replay/],
  ['--no-update replay a', /--no-update does not go with replay/],
  ['--stats --no-update', /'--stats' cannot be used with option '--no-update'/],
  ['--stats --log-file x', /'--stats' cannot be used with option '--log-file <file>'/],
  ['replay a --count 3', /unknown option '--count'/],
  ['--count 3', /unknown option '--count'/],
  ['check-config --no-update', /unknown option '--no-update'/],
  ['check-config now', /too many arguments for 'check-config'/],
  ['find', /missing required argument 'COMMODITY'/],
  ['stale --json --csv', /cannot be used with option/],
  ['market', /missing required argument 'ID\|NAME'/],
  ['token', /token takes add, list or remove, and got nothing/],
  ['token fly', /token takes add, list or remove, and got "fly"/],
  ['token add bob', /required option '--scope <SCOPES>'/],
  ['token add --scope tours', /missing required argument 'NAME'/],
  ['token add bob --scope read', /There is no scope "read"\. Allowed: journal,tours,subscriptions,operate/],
  ['token add bob --scope tours,', /There is no scope ""/],
  ['token add b/b --scope tours', /Allowed: up to 64 letters/],
  [`token add ${'b'.repeat(65)} --scope tours`, /Allowed: up to 64 letters/],
  ['token remove', /missing required argument 'NAME'/],
  ['--no-update token list', /--no-update does not go with list/],
  ['help fly', /no such command/],
  ['watch --within 5', /--within needs --near/],
  ['watch --near Sol --within=-5', /--within .*a number from 0\.01 to 100000/],
  ['watch --market=', /--market .*empty/],
  ['sample --count 0', /--count .*a whole number from 1 on/],
  ['sample --count 1.5', /--count .*a whole number/],
  ['sample --count many', /--count .*a whole number/],
  ['sample --count=', /--count .*a whole number/],
  ['sample --timeout -1', /--timeout/],
  ['sample --timeout Infinity', /--timeout .*a number from 0\.1 on/],
])('"%s" is refused', (line, message) => {
  expect(() => parseArguments(line.split(' '))).toThrow(message);
});

test.each([
  ['replya x', 'did you mean replay?'],
  ['--stat', 'did you mean --stats?'],
  ['sample --coutn 3', 'did you mean --count?'],
  ['chekc-config', 'did you mean check-config?'],
  ['fly', 'see --help'],
])('"%s" is answered with advice', (line, advice) => {
  expect(() => parseArguments(line.split(' '))).toThrow(
    expect.objectContaining({ code: 'usage', advice }) as Error,
  );
});

function said(...argv: string[]): string {
  const command = parseArguments(argv, 'name 1.2.3');
  if (command.verb !== 'say') throw new Error(`${command.verb} says nothing`);
  return command.text;
}

test('help shows every verb, and what each takes', () => {
  for (const verb of ['--stats', 'import', 'replay', 'sample', 'check-config', 'Exit codes']) {
    expect(said('--help')).toContain(verb);
  }
  for (const argv of [
    ['help', 'sample'],
    ['sample', '-h'],
  ]) {
    expect(said(...argv)).toMatch(/--count <N>.*10/);
  }
});

test('the version is said, whatever else is asked', () => {
  expect(said('--stats', '--version')).toBe('name 1.2.3\n');
});
