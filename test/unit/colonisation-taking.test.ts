import { expect, test } from 'vitest';
import { ColonisationBook } from '../../src/domain/colonisation/book/book.ts';
import { keptId, type Kept } from '../../src/domain/colonisation/book/kept.ts';
import { JournalReader } from '../../src/domain/colonisation/reading/journal-reader.ts';
import { contributionLine, depotLine, dockedLine, loginLines, SITE_ID } from '../support/journals.ts';
import { SeededRandom } from '../support/random.ts';

/** Two builds that are docked at, counted, delivered to, and at last are ports. */
function linesOf(random: SeededRandom): string[] {
  const lines = [...loginLines()];
  for (let at = 10; at < 400; at += random.integer(1, 5)) {
    const MarketID = random.pick([SITE_ID, SITE_ID + 1]);
    const provided = random.integer(0, 900);
    const port = { StationName: 'Trevithick Dock', StationType: 'Coriolis', StationServices: ['dock'] };
    lines.push(
      random.pick([
        dockedLine(at, { MarketID }),
        dockedLine(at, { MarketID, ...port }),
        depotLine(at, { steel: [900, provided] }, { MarketID }),
        // Counted again with nothing new, as the game does every quarter of a minute.
        depotLine(at, { steel: [900, 300] }, { MarketID }),
        contributionLine(at, { steel: random.integer(1, 20) }, { MarketID }),
        contributionLine(at, { steel: 7, gold: 3 }, { MarketID }),
      ]),
    );
  }
  return lines;
}

function stateOf(book: ColonisationBook) {
  const keyed = (all: readonly Kept[]) =>
    new Map(all.map((kept) => [`${kept.kind} ${keptId(kept)}`, kept] as const));
  return {
    ...{ sites: book.sites, commanders: book.commanders, carriers: book.carriers },
    ...{ changed: keyed(book.takeChanged(false)), seenAgain: keyed(book.takeChanged(true)) },
  };
}

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'told at once is what was told line by line, and changes the same: seed %i',
  (seed) => {
    const random = new SeededRandom(seed);
    const reader = new JournalReader();
    const told = linesOf(random).map((line) => reader.read(line));
    const [byLine, atOnce] = [new ColonisationBook(), new ColonisationBook()];
    // Known before: from then on a build may be seen again as it was.
    const known = random.integer(1, told.length);
    for (const book of [byLine, atOnce]) {
      for (const findings of told.slice(0, known)) book.take(findings);
      book.takeChanged(true);
    }
    for (const findings of told.slice(known)) byLine.take(findings);
    atOnce.take(told.slice(known).flat());
    expect(stateOf(atOnce)).toEqual(stateOf(byLine));
    expect(atOnce.sites.size).toBe(2);
  },
);
