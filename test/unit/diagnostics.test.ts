import { mkdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { createDiagnostics } from '../../src/infra/log/diagnostics.ts';
import { tempDir } from '../support/temp-dir.ts';

let file: string;
const warn = vi.fn();

beforeEach(() => {
  file = join(tempDir(), 'listener_diag.jsonl');
  warn.mockReset();
});

const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

test('each event is a line, in order, with its time', async () => {
  const diagnostics = createDiagnostics(file, { warn });
  for (let i = 0; i < 500; i++) diagnostics.note('rejected', { i, text: 'a\nb' });
  diagnostics.note('end');
  await diagnostics.flush();
  const lines = linesOf(file);
  expect(lines.length).toBe(501);
  expect(lines[3]).toEqual({
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    event: 'rejected',
    i: 3,
    text: 'a\nb',
  });
});

test('a file that is there is continued', async () => {
  for (const event of ['first', 'second']) {
    const diagnostics = createDiagnostics(file, { warn });
    diagnostics.note(event);
    await diagnostics.flush();
  }
  expect(linesOf(file)).toMatchObject([{ event: 'first' }, { event: 'second' }]);
});

test('a file that was renamed is begun again', async () => {
  const diagnostics = createDiagnostics(file, { warn });
  diagnostics.note('first');
  await diagnostics.flush();
  renameSync(file, `${file}.1`);
  diagnostics.note('second');
  await diagnostics.flush();
  expect(linesOf(file)).toMatchObject([{ event: 'second' }]);
});

test('what cannot be written is dropped with one warning, until it works again', async () => {
  mkdirSync(file);
  const diagnostics = createDiagnostics(file, { warn });
  for (const event of ['a', 'b']) {
    diagnostics.note(event);
    await diagnostics.flush();
  }
  expect(warn).toHaveBeenCalledOnce();
  expect(warn).toHaveBeenCalledWith({ file }, expect.stringContaining('cannot be written'));
  rmdirSync(file);
  diagnostics.note('c');
  await diagnostics.flush();
  expect(linesOf(file)).toMatchObject([{ event: 'c' }]);
});
