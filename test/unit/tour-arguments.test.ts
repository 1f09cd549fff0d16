import { expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';

test('tour plan takes commanders, and options as the API names them', () => {
  const argv =
    'tour plan Jameson@Sol@32.5 Ryder@Lave --near Diso --older-than 12h --min-pad L --return --csv';
  expect(parseArguments(argv.split(' '))).toEqual({
    verb: 'tour-plan',
    query: {
      commanders: 'Jameson@Sol@32.5,Ryder@Lave',
      ...{ near: 'Diso', olderThan: '12h', minPad: 'L', return: 'true' },
    },
    format: 'csv',
  });
  expect(parseArguments(['tour', 'plan', 'Jameson@Sol'])).toMatchObject({ format: 'table' });
});

test.each([
  ['tour list --json', { verb: 'tour-list', json: true }],
  ['tour show abc', { verb: 'tour-show', id: 'abc', json: false }],
  ['tour calibrate a.log b.log', { verb: 'tour-calibrate', files: ['a.log', 'b.log'] }],
  ['tour withdraw abc', { verb: 'tour-withdraw', id: 'abc' }],
])('%s', (argv, command) => {
  expect(parseArguments(argv.split(' '))).toEqual(command);
});

test.each([
  ['tour plan', "missing required argument 'COMMANDER'"],
  ['tour', 'tour takes plan, list, show, withdraw or calibrate, and got nothing'],
  ['tour fly', 'tour takes plan, list, show, withdraw or calibrate, and got "fly"'],
  ['tour plan Jameson@Sol --csv --json', '--json and --csv do not go together'],
])('%s: %s', (argv, message) => {
  expect(() => parseArguments(argv.split(' '))).toThrow(message);
});
