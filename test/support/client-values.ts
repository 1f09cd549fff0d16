import type { Generation } from '../../src/domain/generation.ts';
import { formatTimestamp, parseTimestamp } from '../../src/domain/timestamp.ts';
import { TYPE_IDS, type ClientColumn } from './client-tables.ts';

/** A cell as it stands in the file. */
export interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
}

const INTEGER = /^(?:0|-?[1-9]\d*)$/;
const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const BARE: readonly ClientColumn['kind'][] = ['id', 'count', 'float', 'distance', 'type'];

/** @returns what is wrong with a value in the form Trade Dangerous writes it; undefined: nothing */
export function cellProblem(
  { text, isQuoted }: Cell,
  column: ClientColumn,
  generation: Generation,
): string | undefined {
  if (text === '') {
    if (!isQuoted) return "an empty value must be ''";
    return column.nullable ? undefined : 'must not be NULL';
  }
  if (isQuoted === BARE.includes(column.kind))
    return isQuoted ? 'a number must be bare' : "must be quoted with '";
  return isValue(text, column.kind, generation) ? undefined : 'the database refuses it';
}

function isValue(text: string, kind: ClientColumn['kind'], generation: Generation): boolean {
  switch (kind) {
    case 'id':
      return INTEGER.test(text) && BigInt(text) > 0n && BigInt(text) < 2n ** 63n;
    case 'count':
      return INTEGER.test(text) && Number(text) >= 0 && Number(text) < 2 ** 31;
    case 'type':
      return INTEGER.test(text) && TYPE_IDS[generation].includes(Number(text));
    case 'float':
      return DECIMAL.test(text) && Number.isFinite(Number(text));
    case 'distance':
      return DECIMAL.test(text) && Number(text) >= 0 && Number(text) < 2 ** 31;
    case 'text':
      return text.length <= 128;
    case 'letter':
      return text.length === 1;
    case 'flag':
      return ['Y', 'N', '?'].includes(text);
    case 'pad':
      return ['S', 'M', 'L', '?'].includes(text);
    case 'time':
      return TIME.test(text) && formatTimestamp(parseTimestamp(text) ?? 0) === text;
  }
}
