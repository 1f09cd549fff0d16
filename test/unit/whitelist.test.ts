import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, parseVersion } from '../../src/domain/eddn/version.ts';
import { compileWhitelist } from '../../src/domain/eddn/whitelist.ts';

function compare(a: string, b: string): number {
  return Math.sign(compareVersions(parseVersion(a)!, parseVersion(b)!));
}

describe('versions', () => {
  test.each([
    ['6.0.0', '5.13.1'],
    ['6.0.0', '6.0.0-rc1'],
    ['6.0.0-rc2', '6.0.0-rc1'],
    ['6.0.0-rc1', '5.99.99'],
    ['6.0.0rc1', '6.0.0-beta2'],
    ['5.13.1', '5.9.10'],
    ['3.3.0.1', '3.3.0.0'],
    ['3.3.0.10', '3.3.0.9'],
    ['3.3.0.0.1', '3.3.0.0'],
    ['12.0.1.2', '12.0.1.2-beta'],
    ['12.0.1.2-beta', '12.0.1.1'],
    ['EDDiscovery 16', '15.9'],
    ['4.0.10', '4.0.09'],
  ])('%s is newer than %s', (newer, older) => {
    expect([compare(newer, older), compare(older, newer)]).toEqual([1, -1]);
  });

  test.each([
    ['v1.2', '1.2.0'],
    ['V1.2', '1.2'],
    ['6.0', '6.0.0'],
    ['6', '6.0.0.0'],
    ['3.3.0.0', '3.3.0'],
    ['5.13.1+g1a2b', '5.13.1'],
    ['6.0.0 beta 2', '6.0.0-beta.2'],
    [' 6.0.0 ', '6.0.0'],
    ['EDDiscovery v16', '16'],
    ['6.0.0 beta  2', '6.0.0-beta.2'],
    ['6.0.0-beta +g1', '6.0.0-beta'],
    ['6.0.0-rc.01', '6.0.0-rc.1'],
  ])('%s equals %s', (a, b) => {
    expect(compare(a, b)).toBe(0);
  });

  test.each([[''], [' '], ['v'], ['latest'], ['6,0'], ['.5'], ['6.0.0 (x64)'], ['99999999999999999999']])(
    '%j is unreadable',
    (text) => {
      expect(parseVersion(text)).toBeNull();
    },
  );

  test('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^v?\d+(\.\d+)*.*$/)), (s) => void parseVersion(s)),
    );
  });
});

describe('whitelist', () => {
  test('compares names without case and outer blanks', () => {
    const check = compileWhitelist([{ software: ' EDDiscovery' }]);
    expect(check('eddiscovery ', '16.0')).toBeNull();
  });

  test('refuses a program that is not listed', () => {
    expect(compileWhitelist([{ software: 'EDDLite' }])('EDDI', '4.0')).toBe('software not whitelisted');
  });

  test('refuses everybody when it is empty', () => {
    expect(compileWhitelist([])('EDDLite', '3.3.0.0')).toBe('software not whitelisted');
  });

  test('takes every version, even an unreadable one, where no minimum is set', () => {
    const check = compileWhitelist([{ software: 'EDDLite' }, { software: 'EDDI', minversion: ' ' }]);
    expect([check('EDDLite', 'nightly'), check('EDDLite', undefined), check('EDDI', '1')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('takes the minimum itself and refuses what is below', () => {
    const check = compileWhitelist([{ software: 'X', minversion: '3.3.0.1' }]);
    expect([check('X', '3.3.0.1'), check('X', '3.3.0.0')]).toEqual([null, 'software version too old']);
  });

  test('takes a version that is sent as a number', () => {
    const check = compileWhitelist([{ software: 'X', minversion: '3.1' }]);
    expect([check('X', 3.1), check('X', 3)]).toEqual([null, 'software version too old']);
  });

  test('refuses the pre-release of the minimum', () => {
    expect(compileWhitelist([{ software: 'X', minversion: '6.0.0' }])('X', '6.0.0-rc1')).toBe(
      'software version too old',
    );
  });

  test.each([['nightly'], [''], [undefined], [null], [{}]])(
    'refuses version %j where a minimum is set',
    (version) => {
      expect(compileWhitelist([{ software: 'X', minversion: '1.0' }])('X', version)).toBe(
        'software version unreadable',
      );
    },
  );

  test('refuses a program whose minimum is unreadable', () => {
    const check = compileWhitelist([{ software: 'X', minversion: 'latest' }, { software: 'Y' }]);
    expect([check('X', '6.0.0'), check('Y', '6.0.0')]).toEqual(['whitelist minversion unreadable', null]);
  });

  test('lets the first entry of a program count', () => {
    const check = compileWhitelist([{ software: 'X', minversion: '2.0' }, { software: 'x' }]);
    expect(check('X', '1.0')).toBe('software version too old');
  });
});
