/** A market of a map. */
export interface MapMarket {
  readonly marketId: number;
  /** Light years from Sol. */
  readonly at: readonly [number, number, number];
  /** Epoch seconds; null: never seen. */
  readonly seenAtS: number | null;
}

/** Reads what `/api/v1/map` sends, as docs/api.md says it is. */
export function readMapFile(bytes: Buffer): MapMarket[] {
  const magic = bytes.toString('latin1', 0, 8);
  const count = bytes.readUInt32LE(8);
  if (magic !== 'TDLMAP01' || bytes.length !== 12 + 20 * count)
    throw new Error(`no map: ${magic}, ${bytes.length} bytes for ${count} markets`);
  const place = (column: number, at: number) => 12 + 4 * (column * count + at);
  let marketId = 0;
  return Array.from({ length: count }, (_, at) => {
    marketId += bytes.readUInt32LE(place(4, at));
    const seenAtS = bytes.readUInt32LE(place(3, at));
    const [x, y, z] = [0, 1, 2].map((column) => bytes.readFloatLE(place(column, at)));
    return { marketId, at: [x!, y!, z!], seenAtS: seenAtS === 0 ? null : seenAtS };
  });
}
