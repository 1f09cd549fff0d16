import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ColonisationBook } from '../../src/domain/colonisation/book/book.ts';
import { openJournalFolder } from '../../src/infra/journal/folder.ts';
import { plainEventName } from '../../src/infra/journal/plain-lines.ts';
import {
  bookOf,
  contributionLine,
  depotLine,
  dockedLine,
  journalLine,
  loginLines,
} from '../support/journals.ts';
import { tempDir } from '../support/temp-dir.ts';

/** As the game spaces a line. */
const asGame = (line: string) =>
  line.replace('{"timestamp":"', '{ "timestamp":"').replace('","event"', '", "event"');

test('a line that begins as the game begins lines is known by its bytes, any other is read', () => {
  const nameOf = (line: string) => plainEventName(Buffer.from(line), 0, Buffer.byteLength(line));
  expect(nameOf(asGame(journalLine(1, 'Docked')))).toBe('Docked');
  for (const line of [
    ...[journalLine(1, 'Docked'), '', '{', asGame(journalLine(1, 'Docked')).slice(0, 50)],
    '{ "timestamp":"2026-05-01T12:00:00Z", "name":"Docked" }',
    '{ "timestamp":"2026-05-01T12:00:00.000Z", "event":"Docked" }',
  ]) {
    expect(nameOf(line), line).toBeNull();
  }
});

test('read by its bytes a file tells what its lines tell, however they are spaced and repeated', async () => {
  const tonnes = fc.integer({ min: 1, max: 5 });
  const line = fc.oneof(
    // Repeats most of all.
    { weight: 5, arbitrary: fc.constant((at: number) => depotLine(at, { steel: [100, 3] })) },
    fc.oneof(
      tonnes.map((amount) => (at: number) => depotLine(at, { steel: [100, 3 + amount] })),
      tonnes.map((amount) => (at: number) => contributionLine(at, { steel: amount })),
      fc.constant((at: number) => dockedLine(at)),
      fc.constant((at: number) => journalLine(at, 'Music', { MusicTrack: 'Ünknown' })),
      fc.constant((at: number) => journalLine(at, 'ColonisationConstructionDepot', { MarketID: 'none' })),
      fc.constant(() => ''),
      fc.constant(() => '{ "timestamp":"20'),
    ),
  );
  const files = fc.array(fc.tuple(line, fc.boolean(), fc.constantFrom('\n', '\r\n')), { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(files, async (made) => {
      const dir = tempDir();
      const lines = [...loginLines(), ...made.map(([of, isGame], at) => (isGame ? asGame(of(at)) : of(at)))];
      const ends = ['\n', '\n', ...made.map(([, , end]) => end)];
      const text = lines.map((each, at) => `${each}${ends[at]}`).join('');
      writeFileSync(join(dir, 'Journal.2026-05-01T120000.01.log'), text);
      const book = new ColonisationBook();
      await openJournalFolder(dir, null).look({
        ...{ everything: true, signal: new AbortController().signal },
        ...{ checkpoint: () => Promise.resolve(), progress: () => undefined },
        take: (findings) => book.take(findings),
      });
      const told = bookOf(lines);
      expect(book.sites).toEqual(told.sites);
      expect(book.commanders).toEqual(told.commanders);
    }),
    { numRuns: 60 },
  );
});
