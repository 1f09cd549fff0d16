import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchStager } from '../../src/domain/eddn/batch-stager.ts';
import { indexCommodities } from '../../src/domain/market/catalogue.ts';
import { RowStager } from '../../src/domain/market/rows.ts';
import type { FrameBatch, StagedBatch } from '../../src/domain/ports/market/feed.ts';
import { MAX_MESSAGE_BYTES } from '../../src/infra/feed/inflate.ts';
import { stageBatch } from '../../src/infra/feed/stage-batch.ts';
import {
  commodity,
  commodityMessage,
  frame,
  frameBatch,
  OBSERVED_AT_S,
  testCatalogue,
  testRules,
} from '../support/messages.ts';

const rowStager = new RowStager(indexCommodities(testCatalogue().commodities));
const rules = testRules({ debug: true });

function stage(...messages: unknown[]): StagedBatch {
  return stageBatch(frameBatch(messages), rowStager, rules);
}

function ofFrames(...frames: Uint8Array[]): FrameBatch {
  return { ...frameBatch([]), frames };
}

function outcomes({ snapshots, unresolved, rejected }: StagedBatch): number {
  return snapshots.length + unresolved.length + Object.values(rejected).reduce((sum, n) => sum + n, 0);
}

describe('a batch', () => {
  test('tells what became of every frame', () => {
    const batch = stage(
      commodityMessage(),
      commodityMessage({ $schemaRef: 'https://eddn.edcd.io/schemas/journal/1' }),
      commodityMessage({ $schemaRef: 'https://eddn.edcd.io/schemas/outfitting/2' }),
      commodityMessage({ $schemaRef: 'https://eddn.edcd.io/schemas/commodity/3/test' }),
      commodityMessage({ marketId: undefined }),
      '{"$schemaRef": "https://eddn.edcd.io/schemas/commodity/3", ',
      commodityMessage({ commodities: [commodity('unobtainium')] }),
    );
    expect(batch).toMatchObject({
      received: 7,
      snapshots: [{ marketId: 128_666_762 }],
      rejected: {
        'other schema': 2,
        'test schema': 1,
        'no market id': 1,
        malformed: 1,
        'no usable row': 1,
      },
      rejectedRows: { 'unknown commodity': 1 },
      unknownCommodities: { unobtainium: 1 },
    });
  });

  test('of nothing is nothing', () => {
    expect(stageBatch(ofFrames(), rowStager, rules)).toMatchObject({
      received: 0,
      snapshots: [],
      rejected: {},
    });
  });

  test('counts refused rows of accepted messages', () => {
    const commodities = [commodity('gold'), commodity('silver', { demand: -1 }), commodity('Vapour')];
    const batch = stage(commodityMessage({ commodities }), commodityMessage({ commodities }));
    expect(batch.snapshots).toHaveLength(2);
    expect(batch.rejectedRows).toEqual({ 'number out of range': 2, 'unknown commodity': 2 });
    expect(batch.unknownCommodities).toEqual({ Vapour: 2 });
  });

  test.each([
    ['9007199254740991.4', 'market id out of range'],
    ['128016384.00000000001', 'market id out of range'],
    ['1280163840000000000e-10', 'market id out of range'],
    ['9007199254740993', 'market id out of range'],
    ['128016384.5', 'market id out of range'],
    ['9007199254740991', null],
    ['"128016384"', null],
  ])('takes the market id %s as it is written: %s', (marketId, reason) => {
    const text = JSON.stringify(commodityMessage({ marketId: 'ID' })).replace('"ID"', marketId);
    expect(stage(text).rejected).toEqual(reason === null ? {} : { [reason]: 1 });
  });

  test('tells the newest time of the gateway, of refused messages, too', () => {
    const at = (gatewayTimestamp: unknown, fields = {}) =>
      commodityMessage({ header: { gatewayTimestamp }, ...fields });
    const later = new Date((OBSERVED_AT_S + 60) * 1000).toISOString();
    expect(stage(at(OBSERVED_AT_S), at(later, { marketId: null }), at('soon')).newestGatewayS).toBe(
      OBSERVED_AT_S + 60,
    );
    expect(stage(at(undefined)).newestGatewayS).toBe(0);
  });

  test('keeps a market that was sent twice', () => {
    expect(stage(commodityMessage(), commodityMessage()).snapshots).toHaveLength(2);
  });

  test('makes a snapshot without rows of an empty list', () => {
    const [snapshot] = stage(commodityMessage({ commodities: [] })).snapshots;
    expect(snapshot?.rows).toEqual(new Int32Array(0));
  });

  test('reads messages that are not compressed', () => {
    const frames = [Buffer.from(JSON.stringify(commodityMessage()))];
    expect(stageBatch({ ...ofFrames(...frames), encoding: 'json' }, rowStager, rules).snapshots).toHaveLength(
      1,
    );
  });

  test('finds the schema wherever it stands', () => {
    const { $schemaRef, ...rest } = commodityMessage();
    const other = { ...rest, $schemaRef: 'https://eddn.edcd.io/schemas/journal/1' };
    expect(stage({ ...rest, $schemaRef }, other)).toMatchObject({
      snapshots: [{}],
      rejected: { 'other schema': 1 },
    });
  });

  test('compares schemas without case, protocol, blanks around and the slash at the end', () => {
    const $schemaRef = ' HTTP://EDDN.edcd.io/schemas/Commodity/3/ ';
    expect(stage(commodityMessage({ $schemaRef })).snapshots).toHaveLength(1);
  });

  test('finds the schema however it is escaped', () => {
    const text = JSON.stringify(commodityMessage()).replaceAll('/', String.raw`\/`);
    expect(stage(text).snapshots).toHaveLength(1);
  });

  test('keeps names beyond ASCII, escaped or not', () => {
    const text = JSON.stringify(commodityMessage({ stationName: 'Zhèng Hé' }));
    const escaped = text.replaceAll('è', String.raw`\u00e8`).replaceAll('é', String.raw`\u00e9`);
    expect(stage(text, escaped).snapshots.map(({ stationName }) => stationName)).toEqual([
      'Zhèng Hé',
      'Zhèng Hé',
    ]);
  });
});

describe('a frame', () => {
  test.each([
    ['is no zlib', Buffer.from('no zlib')],
    ['is empty', new Uint8Array()],
    ['is cut short', frame(commodityMessage()).subarray(0, 200)],
    ['is not JSON', deflateSync('no json')],
    ['is empty JSON text', deflateSync('')],
  ])('is malformed when it %s', (_, bytes) => {
    expect(stageBatch(ofFrames(bytes), rowStager, rules).rejected).toEqual({ malformed: 1 });
  });

  test('is refused when it inflates beyond the limit', () => {
    const bomb = deflateSync(Buffer.alloc(MAX_MESSAGE_BYTES + 1, ' '));
    expect(stageBatch(ofFrames(bomb), rowStager, rules).rejected).toEqual({ 'too large': 1 });
  });

  test('is refused when it is longer than the limit without being compressed', () => {
    const batch: FrameBatch = { ...ofFrames(Buffer.alloc(MAX_MESSAGE_BYTES + 1, ' ')), encoding: 'json' };
    expect(stageBatch(batch, rowStager, rules).rejected).toEqual({ 'too large': 1 });
  });

  test('may be as large as the limit', () => {
    const text = JSON.stringify(commodityMessage()).padEnd(MAX_MESSAGE_BYTES, ' ');
    expect(stage(text).snapshots).toHaveLength(1);
  });

  test('does not disturb its neighbours', () => {
    const frames = [
      frame(commodityMessage({ marketId: 1 })),
      Buffer.from('?'),
      frame(commodityMessage({ marketId: 2 })),
    ];
    const { snapshots } = stageBatch(ofFrames(...frames), rowStager, rules);
    expect(snapshots.map(({ marketId }) => marketId)).toEqual([1, 2]);
  });
});

describe('samples', () => {
  test('name software, version and station of refused messages', () => {
    const strict = testRules({ debug: true, whitelist: [{ software: 'EDDiscovery', minversion: '99' }] });
    expect(stageBatch(frameBatch([commodityMessage()]), rowStager, strict).samples).toEqual([
      {
        reason: 'software version too old',
        detail: 'EDDiscovery 19.0.0.0: market 128666762, Abraham Lincoln in Sol at 2026-05-01T12:00:00Z',
      },
    ]);
  });

  test('show the beginning of what is not JSON', () => {
    expect(stage('{"oops"').samples).toEqual([{ reason: 'malformed', detail: '{"oops"' }]);
  });

  test('are few, and never of other schemas', () => {
    const others = Array.from({ length: 20 }, () => commodityMessage({ $schemaRef: 'x' }));
    const bad = Array.from({ length: 20 }, () => commodityMessage({ marketId: 0 }));
    const { samples } = stage(...others, ...bad);
    expect(samples).toHaveLength(10);
    expect(new Set(samples.map(({ reason }) => reason))).toEqual(new Set(['market id out of range']));
  });

  test('are only taken when the rules ask for them', () => {
    const messages = [commodityMessage({ marketId: 0 }), 'no json'];
    expect(stageBatch(frameBatch(messages), rowStager, testRules()).samples).toEqual([]);
  });
});

describe('unknown commodities', () => {
  test('are named a hundred a batch at most', () => {
    const commodities = Array.from({ length: 150 }, (_, i) => commodity(`new${i}`));
    const { unknownCommodities, rejectedRows } = stage(commodityMessage({ commodities }));
    expect(Object.keys(unknownCommodities)).toHaveLength(100);
    expect(rejectedRows).toEqual({ 'unknown commodity': 150 });
  });

  test('cannot reach the prototype', () => {
    const { unknownCommodities } = stage(commodityMessage({ commodities: [commodity('__proto__')] }));
    expect(Object.entries(unknownCommodities)).toEqual([['__proto__', 1]]);
  });

  test('are harmless text', () => {
    const commodities = [commodity(`a\nb${'c'.repeat(500)}`)];
    const [name = ''] = Object.keys(stage(commodityMessage({ commodities })).unknownCommodities);
    expect(name).toMatch(/^a bc+$/);
    expect(name.length).toBe(128);
  });
});

describe('without a catalogue', () => {
  const unstaged = stageBatch(
    frameBatch([
      commodityMessage(),
      commodityMessage({ marketId: 0 }),
      commodityMessage({ $schemaRef: 'x' }),
    ]),
    null,
    rules,
  );

  test('only what every other rule allows stays unresolved, with what rows are made of', () => {
    expect(unstaged).toMatchObject({ received: 3, snapshots: [], unresolved: [{ marketId: 128_666_762 }] });
    const { commodities } = commodityMessage().message as { commodities: object[] };
    expect(JSON.parse(unstaged.unresolved[0]!.message)).toEqual({ message: { commodities } });
  });

  test('nothing else stays, however much there is', () => {
    const junk = 'x'.repeat(300_000);
    const entries = [
      { ...commodity('gold'), junk, statusFlags: [junk] },
      { name: junk, demand: { junk } },
      junk,
      null,
    ];
    const message = commodityMessage({ commodities: entries });
    const batch = stageBatch(frameBatch([message]), null, rules);
    expect(batch.unresolved[0]!.message.length).toBeLessThan(1_000);
    const later = new BatchStager(rowStager);
    later.resolve(batch.unresolved[0]!);
    const resolved = later.finish();
    const direct = stage(message);
    expect(resolved.snapshots).toEqual(direct.snapshots);
    expect(resolved.rejectedRows).toEqual(direct.rejectedRows);
  });

  test('what stayed unresolved becomes the same snapshot later', () => {
    const stager = new BatchStager(rowStager);
    for (const entry of unstaged.unresolved) stager.resolve(entry);
    // Counted as taken when it came.
    const again = { newestGatewayS: 0, samples: [], taken: {} };
    expect(stager.finish()).toEqual({ ...stage(commodityMessage()), ...again });
  });

  test.each([
    ['no json', 'malformed'],
    ['{}', 'malformed'],
    [JSON.stringify(commodityMessage({ commodities: [commodity('unobtainium')] })), 'no usable row'],
  ])('what turns out useless is refused: %j', (message, reason) => {
    const stager = new BatchStager(rowStager);
    stager.resolve({ ...unstaged.unresolved[0]!, message });
    expect(stager.finish()).toMatchObject({ received: 1, snapshots: [], rejected: { [reason]: 1 } });
  });
});

describe('whatever is sent', () => {
  test('outcomes add up: any JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (messages) => {
        const batch = stage(...messages);
        expect([batch.received, outcomes(batch)]).toEqual([messages.length, messages.length]);
      }),
    );
  });

  test('outcomes add up: market messages with anything in them', () => {
    const anything = fc.jsonValue();
    const body = fc.record(
      {
        marketId: fc.oneof(fc.integer(), anything),
        timestamp: fc.oneof(fc.constant('2025-01-01T00:00:00Z'), anything),
        stationName: fc.oneof(fc.string(), anything),
        systemName: fc.oneof(fc.string(), anything),
        commodities: fc.oneof(
          fc.array(
            fc.oneof(
              anything,
              fc.record({
                name: fc.oneof(fc.constantFrom('gold', 'silver', 'drones'), anything),
                buyPrice: fc.oneof(fc.nat(), anything),
                stockBracket: fc.oneof(fc.nat(3), anything),
                stock: fc.oneof(fc.nat(), anything),
              }),
            ),
          ),
          anything,
        ),
        header: fc.record({ softwareVersion: anything, gameversion: anything }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(body), fc.boolean(), (bodies, known) => {
        const batch = stageBatch(
          frameBatch(bodies.map((overrides) => commodityMessage(overrides))),
          known ? rowStager : null,
          rules,
        );
        expect([batch.received, outcomes(batch)]).toEqual([bodies.length, bodies.length]);
      }),
    );
  });

  test('outcomes add up: damaged zlib', () => {
    const good = frame(commodityMessage());
    const damage = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255), keep: fc.nat(good.length) });
    fc.assert(
      fc.property(fc.array(damage), (damages) => {
        const frames = damages.map(({ at, byte, keep }) => good.with(at, byte).subarray(0, keep));
        const batch = stageBatch(ofFrames(...frames), rowStager, rules);
        expect([batch.received, outcomes(batch)]).toEqual([frames.length, frames.length]);
      }),
    );
  });

  test('outcomes add up: any bytes, compressed or not', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), fc.constantFrom('json', 'zlib'), (frames, encoding) => {
        const batch = stageBatch({ ...ofFrames(...frames), encoding }, rowStager, rules);
        expect([batch.received, outcomes(batch)]).toEqual([frames.length, frames.length]);
      }),
    );
  });
});
