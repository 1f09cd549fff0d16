type Column =
  | Float64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>;

/**
 * A copy of a column with room for more; new places are 0.
 * @param entries wanted; half as many again are made room for
 */
export function grown<C extends Column>(column: C, entries: number): C {
  if (entries <= column.length) return column;
  const { constructor } = Object.getPrototypeOf(column) as { constructor: new (length: number) => C };
  const larger = new constructor(Math.ceil(entries * 1.5));
  (larger.set as (from: C) => void)(column);
  return larger;
}
