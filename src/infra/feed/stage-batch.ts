import { BatchStager } from '../../domain/eddn/batch-stager.ts';
import type { RowStager } from '../../domain/market/rows.ts';
import type { FrameBatch, StagedBatch } from '../../domain/ports/market/feed.ts';
import type { StagingRules } from '../../domain/eddn/staging-rules.ts';
import { compileRules, findSchema, peekSchema } from '../../domain/eddn/staging.ts';
import { createInflater, MAX_MESSAGE_BYTES, type Inflater } from './inflate.ts';

/** Of lists and objects: 11 times those of the largest market message seen. Small ones without end cost most to parse. */
const MAX_VALUES = 40_000;
/** Each but the first follows one of these. A text may have them, too, but none has so many. */
const [COMMA, BRACKET, BRACE] = Buffer.from(',[{');

/** `"$schemaRef"` stands within so many bytes of the beginning, or the message is parsed to find it. */
const PEEK_BYTES = 256;

/** This thread's, made by its first frame. */
let inflater: Inflater | undefined;

/**
 * Inflates, parses and stages a batch. Most messages are of schemas that are not
 * taken, or scans: they are told by their beginning, or by what is not in them, and never parsed.
 *
 * @param rowStager null: no catalogue yet
 */
export function stageBatch(
  { encoding, frames, receivedAtMs }: FrameBatch,
  rowStager: RowStager | null,
  stagingRules: StagingRules,
): StagedBatch {
  const rules = compileRules(stagingRules);
  const stager = new BatchStager(rowStager);
  for (const frame of frames) {
    const bytes = encoding === 'zlib' ? (inflater ??= createInflater())(frame) : bounded(frame);
    if (typeof bytes === 'string') {
      stager.reject(bytes, rules.debug ? () => `a frame of ${frame.length} bytes` : undefined);
      continue;
    }
    const schema = peekSchema(bytes.toString('latin1', 0, PEEK_BYTES));
    const found = schema === null ? null : findSchema(schema, rules);
    if (typeof found === 'string') {
      stager.reject(found);
      continue;
    }
    if (hasTooManyValues(bytes)) {
      stager.reject('too large');
      continue;
    }
    const text = bytes.toString();
    if (found?.telling?.test(text) === false) stager.reject('nothing to learn');
    else stager.stage(text, rules, receivedAtMs, found);
  }
  return stager.finish();
}

function bounded(frame: Uint8Array): Buffer | 'too large' {
  if (frame.length > MAX_MESSAGE_BYTES) return 'too large';
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
}

function hasTooManyValues(bytes: Uint8Array): boolean {
  // Every value has a byte, and one before it: most messages are too short to be looked through.
  if (bytes.length < 2 * MAX_VALUES) return false;
  let values = 0;
  for (const byte of bytes) {
    if (byte === COMMA || byte === BRACKET || byte === BRACE) values++;
    if (values > MAX_VALUES) return true;
  }
  return false;
}
