import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameName } from '../../src/domain/market/write-rule.ts';
import { cleanName } from '../../src/domain/names.ts';

test.each([
  ['Jameson Memorial', 'Jameson Memorial'],
  ['K7Q-B1N', 'K7Q-B1N'],
  ["Çal's Zhèng Hé 🚀", "Çal's Zhèng Hé 🚀"],
  ['Nul\u0000Port', 'NulPort'],
  ['Two\r\nLines', 'Two Lines'],
  ['Tab\tPort', 'Tab Port'],
  ['Half\ud83d', 'Half'],
  ['\u0000', ''],
  ['$EXT_PANEL_ColonisationShip:#index=1;', 'System Colonisation Ship'],
  ['$EXT_PANEL_ColonisationShip; Founders', 'System Colonisation Ship Founders'],
  ['$ShipName_StrongholdCarrier;', 'Stronghold Carrier'],
  ['$Abandoned_Settlement_name;', 'Abandoned Settlement'],
  ['$MULTIPLAYER_SCENARIO80_TITLE;', 'MULTIPLAYER SCENARIO80 TITLE'],
  ['$Big__Town:#a=1;  of Sol ', 'Big Town of Sol'],
  ['$MobileName;', 'Mobile'],
  ['The $ShipName_StrongholdCarrier;', 'The $ShipName_StrongholdCarrier;'],
  ['$Foo_; Bar', 'Foo Bar'],
  ['$ no token', '$ no token'],
  ['$1 $Port;', '$1 $Port;'],
  ['Cash $', 'Cash $'],
])('%j becomes %j', (name, cleaned) => {
  expect(cleanName(name)).toBe(cleaned);
});

test('leaves nothing unfit, and a clean name as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const cleaned = cleanName(name);
      expect(cleaned).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      if (!cleaned.startsWith('$')) expect(cleanName(cleaned)).toBe(cleaned);
    }),
  );
});

test('names are the same without case, outer blanks and what is unfit', () => {
  expect(sameName(' abraham LINCOLN', 'Abraham Lincoln\u0000')).toBe(true);
  expect(sameName('$EXT_PANEL_ColonisationShip:#index=1;', 'System Colonisation Ship')).toBe(true);
  expect(sameName('Abraham Lincoln', 'Abraham Lincon')).toBe(false);
});
