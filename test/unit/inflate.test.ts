import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createInflater, MAX_MESSAGE_BYTES } from '../../src/infra/feed/inflate.ts';

const text = 'a market '.repeat(100);
const frame = deflateSync(text);

describe.each([
  ['with one engine for all frames', () => createInflater()],
  ['with what node:zlib documents, where its streams are other ones', () => createInflater(() => ({}))],
])('%s', (_, create) => {
  const inflated = (inflate: ReturnType<typeof create>, bytes: Uint8Array) => {
    const result = inflate(bytes);
    return typeof result === 'string' ? result : result.toString();
  };

  test('each frame is inflated, and nothing of the one before is left in it', () => {
    const inflate = create();
    const texts = [text, 'short', '', text];
    expect(texts.map((each) => inflated(inflate, deflateSync(each)))).toEqual(texts);
  });

  test.each([
    ['cut short', frame.subarray(0, -5)],
    ['empty', frame.subarray(0, 0)],
    ['no zlib', Buffer.from('no zlib')],
    ['of another text than its checksum is of', frame.with(-1, (frame.at(-1) ?? 0) ^ 1)],
    ['in need of a dictionary', deflateSync(text, { dictionary: Buffer.from(text) })],
  ])('one that is %s is malformed, those after it are not', (__, damaged) => {
    const inflate = create();
    for (let i = 0; i < 3; i++) {
      expect(inflate(damaged)).toBe('malformed');
      expect(inflated(inflate, frame)).toBe(text);
    }
  });

  test('what inflates beyond the limit is too large, what reaches it is not', () => {
    const inflate = create();
    const spaces = (count: number) => deflateSync(Buffer.alloc(count, ' '));
    expect(inflate(spaces(MAX_MESSAGE_BYTES + 1))).toBe('too large');
    expect(inflate(spaces(10 * MAX_MESSAGE_BYTES))).toBe('too large');
    expect(inflate(spaces(MAX_MESSAGE_BYTES))).toHaveLength(MAX_MESSAGE_BYTES);
    expect(inflated(inflate, frame)).toBe(text);
  });

  test('what follows a frame in its bytes is not looked at', () => {
    expect(inflated(create(), Buffer.concat([frame, frame]))).toBe(text);
  });
});
