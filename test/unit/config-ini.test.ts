import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIni } from '../../src/config/ini.ts';

/** The value of `key` in `[s]`; every expectation was compared with Python's configparser. */
const value = (line: string) => parseIni(`[s]\n${line}\n`, 'x.ini').get('s')?.get('key');

test.each([
  ['key = v', 'v'],
  ['key: v', 'v'],
  ['key=v', 'v'],
  ['KEY = v', 'v'],
  ['  key  =  v w  ', 'v w'],
  ['key =', ''],
  ['key = a=b:c', 'a=b:c'],
  ['key = 50%off%(x)s%%', '50%off%(x)s%%'],
  ['key = C:\\tmp\\new', 'C:\\tmp\\new'],
  ['key = v ; note', 'v'],
  ['key = v # note', 'v'],
  ['key = v\t# note', 'v'],
  ['key = p;a#ss', 'p;a#ss'],
  ['key = ; note', ''],
  ['key = "v"', '"v"'],
  ["key = it's", "it's"],
  ['key = "p;a#ss"', '"p;a#ss"'],
  ['key = "v" ; it is "quoted"', '"v"'],
  ['key = "v ; note', '"v'],
  ['key = true', 'true'],
  ['key = null', 'null'],
  ['key = [1]', '[1]'],
  ['key = v\n  w', 'v\nw'],
  ['key = a\uFEFFb', 'a\uFEFFb'],
])('%j gives %j', (line, expected) => {
  expect(value(line)).toBe(expected);
});

test.each([
  ['key = "a ; b"', 'a ; b'],
  ["key = 'a #b'", 'a #b'],
  ['  key  = "a ; b"', 'a ; b'],
  ['key: "a ; \'b"  # note', "a ; 'b"],
])('quotes shield a comment character after a blank: %j gives %j', (line, expected) => {
  expect(value(line)).toBe(expected);
});

test.each(['; note', '# note', '  ; note', '', '   '])('%j says nothing', (line) => {
  expect(parseIni(`${line}\n[s]\n${line}\nkey = v`, 'x.ini').get('s')?.size).toBe(1);
});

test('sections are told apart by case, and may hold dots', () => {
  const ini = parseIni('[a.b]\nx=1\n[A]\nx=2\n[a]\nx=3', 'x.ini');
  expect([...ini].map(([name, options]) => [name, options.get('x')])).toEqual([
    ['a.b', '1'],
    ['A', '2'],
    ['a', '3'],
  ]);
});

test('Windows line ends and a byte order mark are read', () => {
  expect(parseIni('\uFEFF[s]\r\nkey = v\r\nother = w\r\n', 'x.ini').get('s')).toEqual(
    new Map([
      ['key', 'v'],
      ['other', 'w'],
    ]),
  );
});

test.each([
  ['key = v', 1, 'an option before the first [section]'],
  ['[s]\n\nsecret-without-equals', 3, 'neither a [section] nor an option = value'],
  ['[s]\n= v', 2, 'neither a [section] nor an option = value'],
  ['[s]\nkey = v\nKey = w', 3, 'a second key in this section'],
  ['[s]\n[t]\n[s]', 3, 'a second section [s]'],
])('%j is an error in its line', (text, line, what) => {
  expect(() => parseIni(text, 'x.ini')).toThrow(
    expect.objectContaining({
      code: 'dbConfig.invalid',
      message: `x.ini, line ${line}: ${what}`,
      advice: 'correct the file',
    }),
  );
});

test('a password of any printable characters without blanks is read as it stands', () => {
  const printable = fc.string({
    unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
    minLength: 1,
  });
  fc.assert(
    fc.property(printable, (password) => {
      // The first character after the blank would begin a comment, as in Python.
      fc.pre(!/^[;#]/.test(password));
      expect(value(`key = ${password}`)).toBe(password);
    }),
  );
});
