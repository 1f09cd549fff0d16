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
  ['tour list --json', { verb: 'tour-list', format: 'json' }],
  ['tour show abc', { verb: 'tour-show', id: 'abc', format: 'table' }],
  ['tour show abc --systems', { verb: 'tour-show', id: 'abc', format: 'systems' }],
  [
    'patrol add home J@Sol R@Lave --near Diso --max-age 12h --once',
    {
      ...{ verb: 'patrol-add', name: 'home' },
      asked: { near: 'Diso', maxAge: '12h', once: 'true', commanders: 'J@Sol,R@Lave' },
    },
  ],
  ['patrol list --csv', { verb: 'patrol-list', format: 'csv' }],
  ['patrol show home --json', { verb: 'patrol-show', name: 'home', format: 'json' }],
  ['patrol remove home', { verb: 'patrol-remove', name: 'home' }],
  ['tour calibrate a.log b.log', { verb: 'tour-calibrate', files: ['a.log', 'b.log'] }],
  ['tour withdraw abc', { verb: 'tour-withdraw', id: 'abc' }],
])('%s', (argv, command) => {
  expect(parseArguments(argv.split(' '))).toEqual(command);
});

test.each([
  ['tour plan', "missing required argument 'COMMANDER'"],
  ['tour', 'tour takes plan, list, show, withdraw or calibrate, and got nothing'],
  ['tour fly', 'tour takes plan, list, show, withdraw or calibrate, and got "fly"'],
  ['patrol', 'patrol takes add, list, show or remove, and got nothing'],
  ['patrol add home --near Sol', "required option '--max-age <TIME>' not specified"],
  ['patrol show', "missing required argument 'NAME'"],
  ['patrol list --csv --json', '--json and --csv do not go together'],
  ['tour plan Jameson@Sol --csv --json', '--json and --csv do not go together'],
])('%s: %s', (argv, message) => {
  expect(() => parseArguments(argv.split(' '))).toThrow(message);
});
