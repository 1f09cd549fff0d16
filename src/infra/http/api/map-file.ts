import type { MarketMap } from '../../../domain/galaxy/map.ts';

/** The first bytes of every map. */
const MAGIC = 'TDLMAP01';
const HEADER_BYTES = 12;
const LARGEST_GAP = 0xffff_ffff;

/** Bytes of a market in a map. */
const MAP_MARKET_BYTES = 20;

/**
 * A map as it is sent (docs/api.md): `TDLMAP01`, the number of markets, then columns of four bytes each, little-endian:
 * x, y, z (float32), seen (uint32), gap (uint32; the id less the one before). A market beyond the largest gap, of which
 * the game has none, is left out with all that follow.
 */
export function encodeMap({ marketIds, x, y, z, seenAtS }: MarketMap): Buffer {
  const gaps = marketIds.map((id, at) => id - (at === 0 ? 0 : (marketIds[at - 1] ?? 0)));
  const tooLarge = gaps.findIndex((gap) => gap > LARGEST_GAP);
  const count = tooLarge < 0 ? gaps.length : tooLarge;
  const bytes = Buffer.alloc(HEADER_BYTES + count * MAP_MARKET_BYTES);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(count, MAGIC.length);
  let offset = HEADER_BYTES;
  const column = (write: (at: number, offset: number) => void) => {
    for (let at = 0; at < count; at++, offset += 4) write(at, offset);
  };
  for (const axis of [x, y, z]) column((at, to) => bytes.writeFloatLE(axis[at] ?? NaN, to));
  for (const whole of [seenAtS, gaps]) column((at, to) => bytes.writeUInt32LE(whole[at] ?? 0, to));
  return bytes;
}
