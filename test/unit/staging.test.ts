import { describe, expect, test } from 'vitest';
import { commodity } from '../../src/domain/eddn/schemas/commodity.ts';
import { compileRules, findSchema, peekSchema, stageMessage } from '../../src/domain/eddn/staging.ts';
import { describeMessage } from '../../src/domain/eddn/values.ts';
import { commodityMessage, OBSERVED_AT_S, testRules, type MessageOverrides } from '../support/messages.ts';

const rules = compileRules(testRules());
const RECEIVED_AT_MS = OBSERVED_AT_S * 1000;

/** The head of the snapshot, or why there is none. */
function stage(overrides: MessageOverrides, rulesFor = rules) {
  const staged = stageMessage(commodityMessage(overrides), rulesFor, RECEIVED_AT_MS);
  return typeof staged === 'string' ? staged : staged.market?.head;
}

test('makes a head of a good message, names as received', () => {
  expect(stage({ stationName: ' x  Port', systemName: 'sOL' })).toEqual({
    marketId: 128_666_762,
    systemName: 'sOL',
    stationName: ' x  Port',
    observedAtS: OBSERVED_AT_S,
    receivedAtMs: RECEIVED_AT_MS,
  });
});

describe('schema', () => {
  test.each([
    ['https://eddn.edcd.io/schemas/commodity/3'],
    ['http://eddn.edcd.io/schemas/commodity/3'],
    ['HTTPS://EDDN.edcd.io/schemas/Commodity/3/'],
  ])('takes %s', ($schemaRef) => {
    expect(stage({ $schemaRef })).toBeTypeOf('object');
  });

  test.each([
    ['https://eddn.edcd.io/schemas/commodity/3/test', 'test schema'],
    ['https://eddn.edcd.io/schemas/Commodity/3/TEST/', 'test schema'],
    ['https://eddn.edcd.io/schemas/commodity/2', 'other version of the schema'],
    ['https://eddn.edcd.io/schemas/commodity/30', 'other version of the schema'],
    ['https://eddn.edcd.io/schemas/journal/1', 'other schema'],
    ['', 'other schema'],
    [3, 'malformed'],
    [null, 'malformed'],
  ])('refuses %j: %s', ($schemaRef, reason) => {
    expect(stage({ $schemaRef })).toBe(reason);
  });

  test('takes the one that the rules name', () => {
    const schemaRef = 'https://example.org/schemas/market/1/';
    const own = compileRules(testRules({ schemaRef }));
    expect([findSchema(schemaRef, own), findSchema('https://eddn.edcd.io/schemas/commodity/3', own)]).toEqual(
      [commodity, 'other schema'],
    );
  });

  test.each([
    ['{"$schemaRef": "a/b/1", "header": {', 'a/b/1'],
    ['{"$schemaRef":"a/b/1"', 'a/b/1'],
    [' {\n\t"$schemaRef" : "a/b/1"', 'a/b/1'],
    ['{"header": {}, "$schemaRef": "a/b/1"', null],
    [String.raw`{"$schemaRef": "a\/b\/1"`, null],
    ['{"$schemaRef": 3', null],
    ['{"$schemaRef": "cut sho', null],
    ['', null],
  ])('is told from the beginning %j: %j', (beginning, schema) => {
    expect(peekSchema(beginning)).toBe(schema);
  });
});

describe('sender', () => {
  test.each([['3.8.0.406'], [' 3.8.0'], ['CAPI-Legacy-market'], ['capi-legacy-market']])(
    'refuses the legacy galaxy: gameversion %j',
    (gameversion) => {
      expect(stage({ header: { gameversion } })).toBe('legacy galaxy');
    },
  );

  test.each([['4.4.0.3'], ['CAPI-Live-market'], [''], [undefined], [null], ['13.0']])(
    'takes gameversion %j',
    (gameversion) => {
      expect(stage({ header: { gameversion } })).toBeTypeOf('object');
    },
  );

  test('refuses software that is not whitelisted', () => {
    expect(stage({ header: { softwareName: 'EDDI' } })).toBe('software not whitelisted');
  });

  test.each([['4.0.4'], ['5.13.1'], ['6.0.0-rc1']])(
    'refuses E:D Market Connector %s where the minimum is 6.0.0, and says who it was',
    (softwareVersion) => {
      const softwareName = 'E:D Market Connector [Windows]';
      const strict = compileRules(
        testRules({ whitelist: [{ software: softwareName, minversion: '6.0.0' }] }),
      );
      const header = { softwareName, softwareVersion };
      expect(stage({ header }, strict)).toBe('software version too old');
      expect(describeMessage(commodityMessage({ header }))).toBe(
        `${softwareName} ${softwareVersion}: market 128666762, Abraham Lincoln in Sol at 2026-05-01T12:00:00Z`,
      );
    },
  );

  test.each([[undefined], [null], [7]])(
    'calls a message malformed whose softwareName is %j',
    (softwareName) => {
      expect(stage({ header: { softwareName } })).toBe('malformed');
    },
  );
});

describe('market id', () => {
  test.each([
    [1, 1],
    ['128666762', 128_666_762],
    [4_294_967_297, 4_294_967_297],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%j is taken', (marketId, expected) => {
    expect(stage({ marketId })).toMatchObject({ marketId: expected });
  });

  test.each([[undefined], [null], ['']])('%j is none', (marketId) => {
    expect(stage({ marketId })).toBe('no market id');
  });

  test.each([[0], [-1], [1.5], [2 ** 53], ['9007199254740992'], ['-1'], ['1e3'], ['x'], [true], [{}]])(
    '%j is out of range',
    (marketId) => {
      expect(stage({ marketId })).toBe('market id out of range');
    },
  );
});

describe('observation time', () => {
  test('drops milliseconds', () => {
    expect(stage({ timestamp: '2020-08-03T11:10:49.373Z' })).toMatchObject({ observedAtS: 1_596_453_049 });
  });

  test.each([[undefined], [null], ['']])('%j is none', (timestamp) => {
    expect(stage({ timestamp })).toBe('no timestamp');
  });

  test.each([['2025-02-30T00:00:00Z'], ['soon'], [{}], [false]])('%j is unreadable', (timestamp) => {
    expect(stage({ timestamp })).toBe('timestamp unreadable');
  });

  const gateway = (timestamp: unknown, receivedAtS = OBSERVED_AT_S) => {
    const message = commodityMessage({ timestamp, header: { gatewayTimestamp: OBSERVED_AT_S + 10 } });
    const staged = stageMessage(message, rules, receivedAtS * 1000);
    return typeof staged === 'string' ? staged : staged.market?.head.observedAtS;
  };

  test('is capped at the gateway by what it is ahead within the allowed skew', () => {
    expect(gateway(OBSERVED_AT_S + 10)).toBe(OBSERVED_AT_S + 10);
    expect(gateway(OBSERVED_AT_S + 310)).toBe(OBSERVED_AT_S + 10);
  });

  test('may not be further ahead of the gateway', () => {
    expect(gateway(OBSERVED_AT_S + 311)).toBe('timestamp ahead of clock');
    // However fast the local clock is.
    expect(gateway(OBSERVED_AT_S + 311, OBSERVED_AT_S + 1e6)).toBe('timestamp ahead of clock');
  });

  test('does not depend on a local clock that is slow', () => {
    expect(gateway(OBSERVED_AT_S + 9, OBSERVED_AT_S - 1e6)).toBe(OBSERVED_AT_S + 9);
  });

  test.each([[undefined], ['soon']])(
    'is judged by the local clock when the gateway tells %j',
    (gatewayTimestamp) => {
      const header = { gatewayTimestamp };
      expect(stage({ timestamp: OBSERVED_AT_S + 300, header })).toMatchObject({
        observedAtS: OBSERVED_AT_S + 300,
      });
      expect(stage({ timestamp: OBSERVED_AT_S + 301, header })).toBe('timestamp ahead of clock');
    },
  );

  test('may be any time past', () => {
    expect(stage({ timestamp: '2017-09-10T12:43:23Z' })).toBeTypeOf('object');
  });
});

describe('names', () => {
  test.each([
    [{ stationName: undefined }, 'no station name'],
    [{ stationName: '  ' }, 'no station name'],
    [{ stationName: 7 }, 'no station name'],
    [{ systemName: undefined }, 'no system name'],
    [{ systemName: '' }, 'no system name'],
    [{ stationName: 'x'.repeat(129) }, 'name too long'],
    [{ systemName: 'x'.repeat(129) }, 'name too long'],
  ])('%j is refused: %s', (overrides, reason) => {
    expect(stage(overrides)).toBe(reason);
  });

  test.each([['x'.repeat(128)], ['$'], ['K7Q-BQL'], ['ABCD'], ['Zhèng Hé']])('%s is taken', (stationName) => {
    expect(stage({ stationName })).toMatchObject({ stationName });
  });
});

describe('a name', () => {
  test.each([
    ['Nul\u0000Port', 'NulPort'],
    ['$EXT_PANEL_ColonisationShip; Founders', 'System Colonisation Ship Founders'],
  ])('%j is taken as %s', (stationName, cleaned) => {
    expect(stage({ stationName })).toMatchObject({ stationName: cleaned });
    expect(stage({ systemName: stationName })).toMatchObject({ systemName: cleaned });
  });

  test('of nothing but control characters is none', () => {
    expect(stage({ stationName: '\u0000\u0007' })).toBe('no station name');
  });
});

describe('shape', () => {
  test.each([[null], [7], ['text'], [[]], [{}], [undefined]])('%j is malformed', (message) => {
    expect(stageMessage(message, rules, RECEIVED_AT_MS)).toBe('malformed');
  });

  test.each([[undefined], [null], [{}], ['gold']])('a commodity list of %j is malformed', (commodities) => {
    expect(stage({ commodities })).toBe('malformed');
  });

  test.each(['header', 'message'])('a message without %s is malformed', (part) => {
    expect(stageMessage({ ...commodityMessage(), [part]: undefined }, rules, RECEIVED_AT_MS)).toBe(
      'malformed',
    );
  });
});

describe('the description for the log', () => {
  test('is one harmless line whatever was sent', () => {
    const text = describeMessage(
      commodityMessage({
        stationName: `a\n\u001b[31m${'b'.repeat(9000)}`,
        systemName: { x: 1 },
        marketId: undefined,
      }),
    );
    expect(text).not.toMatch(/\p{C}/u);
    expect(text.length).toBeLessThan(400);
    expect(text).toContain('market ?');
  });
});
