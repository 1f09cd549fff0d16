import { utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { publish, served, TEXT } from '../support/published.ts';

describe('validators', () => {
  test('stay when the same bytes are published again', async () => {
    const { url, file } = await served();
    const before = await ask(url);
    await publish(file, TEXT);
    const after = await ask(url);
    expect(after.headers.etag).toBe(before.headers.etag);
    expect(after.headers['last-modified']).toBe(before.headers['last-modified']);
  });

  test('change with the content, also within the second and of the same length', async () => {
    const { url, file } = await served();
    const before = await ask(url);
    await publish(file, TEXT.replace('129', '130'));
    expect((await ask(url)).headers.etag).not.toBe(before.headers.etag);
  });

  test.each([
    ['the tag', (etag: string) => etag],
    ['a list with the tag', (etag: string) => `"other", W/"more", ${etag}`],
    ['the weak form of the tag', (etag: string) => `W/${etag}`],
    ['any version', () => '*'],
  ])('If-None-Match with %s is 304 without a body', async (_, tags) => {
    const { url } = await served();
    const { headers } = await ask(url);
    const answer = await ask(url, { 'if-none-match': tags(headers.etag ?? '') });
    expect(answer.status).toBe(304);
    expect(answer.bytes).toHaveLength(0);
    expect(answer.headers).toMatchObject({ etag: headers.etag, vary: 'Accept-Encoding' });
  });

  test('If-None-Match with another tag sends the file, whatever If-Modified-Since says', async () => {
    const { url } = await served();
    const { headers } = await ask(url);
    const answer = await ask(url, {
      'if-none-match': '"other"',
      'if-modified-since': headers['last-modified'] ?? '',
    });
    expect(answer.status).toBe(200);
  });

  test('If-Modified-Since is 304 until the file is newer', async () => {
    const { url, file } = await served();
    const since = (await ask(url)).headers['last-modified'] ?? '';
    expect((await ask(url, { 'if-modified-since': since })).status).toBe(304);
    const later = new Date(Date.parse(since) + 5_000);
    utimesSync(file, later, later);
    expect((await ask(url, { 'if-modified-since': since })).status).toBe(200);
    expect((await ask(url, { 'if-modified-since': 'yesterday' })).status).toBe(200);
  });
});

describe('preconditions', () => {
  test('If-Match lets the same version pass, and no other', async () => {
    const { url } = await served();
    const etag = (await ask(url)).headers.etag ?? '';
    for (const tags of [etag, '*', `"other", ${etag}`]) {
      expect((await ask(url, { 'if-match': tags })).status, tags).toBe(200);
    }
    for (const tags of ['"other"', `W/${etag}`, etag.slice(1, -1), `"a,${etag.slice(1, -1)},b"`]) {
      const { status, bytes } = await ask(url, { 'if-match': tags, range: 'bytes=0-3' });
      expect([status, bytes.toString()], tags).toEqual([412, '{"error":"the file has another version"}']);
    }
  });

  test('If-Unmodified-Since is 412 once the file is newer, and counts for nothing beside If-Match', async () => {
    const { url, file } = await served();
    const { headers } = await ask(url);
    const since = headers['last-modified'] ?? '';
    expect((await ask(url, { 'if-unmodified-since': since })).status).toBe(200);
    const later = new Date(Date.parse(since) + 5_000);
    utimesSync(file, later, later);
    expect((await ask(url, { 'if-unmodified-since': since }, 'HEAD')).status).toBe(412);
    expect((await ask(url, { 'if-unmodified-since': since, 'if-match': '*' })).status).toBe(200);
  });

  test.each([
    '1',
    '2099-01-01',
    '2099',
    '1 Jan 2099',
    'Thu, 01 Jan 2099 00:00:00',
    'Xxx, 99 Yyy 2099 00:00:00 GMT',
  ])('"%s" is no HTTP date and counts for nothing', async (date) => {
    const { url } = await served();
    expect((await ask(url, { 'if-modified-since': date })).status).toBe(200);
    expect((await ask(url, { 'if-unmodified-since': date.replace('2099', '1999') })).status).toBe(200);
  });

  test.each([
    'Thu, 01 Jan 2099 00:00:00 GMT',
    'Thursday, 01-Jan-49 00:00:00 GMT',
    'Thu Jan  1 00:00:00 2099',
  ])('"%s" is an HTTP date', async (date) => {
    const { url } = await served();
    expect((await ask(url, { 'if-modified-since': date })).status).toBe(304);
  });

  test.each(['"a,*,b"', '"a, *"', '"a', 'nonsense'])(
    'If-None-Match with %s is none of ours',
    async (tags) => {
      const { url } = await served();
      expect((await ask(url, { 'if-none-match': tags })).status).toBe(200);
    },
  );
});

describe('ranges', () => {
  test.each([
    ['bytes=0-0', TEXT.slice(0, 1), `bytes 0-0/${TEXT.length}`],
    ['bytes=0-3', TEXT.slice(0, 4), `bytes 0-3/${TEXT.length}`],
    ['bytes=3-', TEXT.slice(3), `bytes 3-${TEXT.length - 1}/${TEXT.length}`],
    ['bytes=-4', TEXT.slice(-4), `bytes ${TEXT.length - 4}-${TEXT.length - 1}/${TEXT.length}`],
    ['bytes=-999', TEXT, `bytes 0-${TEXT.length - 1}/${TEXT.length}`],
    ['bytes=20-999', TEXT.slice(20), `bytes 20-${TEXT.length - 1}/${TEXT.length}`],
  ])('%s sends that part', async (range, text, contentRange) => {
    const { url } = await served();
    const { status, headers, bytes } = await ask(url, { range });
    expect(status).toBe(206);
    expect(bytes.toString()).toBe(text);
    expect(headers).toMatchObject({ 'content-range': contentRange, 'content-length': String(text.length) });
  });

  test.each([`bytes=${TEXT.length}-`, 'bytes=999-1000', 'bytes=-0'])('%s is 416', async (range) => {
    const { url } = await served();
    const { status, headers } = await ask(url, { range });
    expect(status).toBe(416);
    expect(headers['content-range']).toBe(`bytes */${TEXT.length}`);
  });

  test.each(['bytes=3-1', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-', 'bytes=a-b'])(
    '%s is passed over: the whole file',
    async (range) => {
      const { url } = await served();
      const { status, bytes } = await ask(url, { range });
      expect(status).toBe(200);
      expect(bytes.toString()).toBe(TEXT);
    },
  );

  test('If-Range sends the part of the same version, the whole of another', async () => {
    const { url } = await served();
    const { headers } = await ask(url);
    const range = 'bytes=0-3';
    expect((await ask(url, { range, 'if-range': headers.etag ?? '' })).status).toBe(206);
    expect((await ask(url, { range, 'if-range': '"other"' })).status).toBe(200);
    expect((await ask(url, { range, 'if-range': 'Thu, 01 Jan 1970 00:00:00 GMT' })).status).toBe(200);
  });

  test('If-Range with a date, which two versions within a second share, sends the whole', async () => {
    const { url, file } = await served();
    const date = new Date('2026-05-01T12:00:00Z');
    utimesSync(file, date, date);
    const condition = (await ask(url)).headers['last-modified'] ?? '';
    await publish(file, TEXT.replace('129', '130'));
    utimesSync(file, date, date);
    const { status, bytes } = await ask(url, { range: 'bytes=10-', 'if-range': condition });
    expect([status, bytes.toString()]).toEqual([200, TEXT.replace('129', '130')]);
  });

  test('an interrupted download is continued', async () => {
    const bytes = Buffer.alloc(1_000_000, '0123456789');
    const { url } = await served(bytes);
    const first = await ask(url, { range: 'bytes=0-399999' });
    const rest = await ask(url, { range: 'bytes=400000-', 'if-range': first.headers.etag ?? '' });
    expect(Buffer.concat([first.bytes, rest.bytes]).equals(bytes)).toBe(true);
  });
});
