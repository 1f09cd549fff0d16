import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ColonisationBook } from '../../src/domain/colonisation/book/book.ts';
import { contentsOf } from '../../src/domain/colonisation/book/hold.ts';
import { JournalReader } from '../../src/domain/colonisation/reading/journal-reader.ts';
import { siteGoods, siteProgress, siteState } from '../../src/domain/colonisation/book/site.ts';
import { bookOf } from '../support/journals.ts';
import { SeededRandom } from '../support/random.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

interface Line {
  readonly event: string;
  readonly MarketID: number;
  readonly ConstructionProgress: number;
  readonly ResourcesRequired: readonly {
    readonly Name: string;
    readonly RequiredAmount: number;
    readonly ProvidedAmount: number;
  }[];
  readonly Contributions: readonly { readonly Name: string; readonly Amount: number }[];
}

const SITE_ID = 3_958_981_890;

/** Everything below is reckoned from the text alone, in the simplest way: the newest depot event, and what came after it. */
class Oracle {
  required = new Map<string, number>();
  provided = new Map<string, number>();
  given = 0;
  depots = 0;
  deliveries = 0;

  read(text: string): Line {
    const line = JSON.parse(text) as Line;
    const key = (name: string) => name.toLowerCase().slice(1, -6);
    if (line.event === 'ColonisationConstructionDepot') {
      this.depots += 1;
      this.required = new Map(line.ResourcesRequired.map((each) => [key(each.Name), each.RequiredAmount]));
      this.provided = new Map(line.ResourcesRequired.map((each) => [key(each.Name), each.ProvidedAmount]));
    }
    if (line.event === 'ColonisationContribution') {
      this.deliveries += 1;
      for (const { Name, Amount } of line.Contributions) {
        this.given += Amount;
        this.provided.set(key(Name), (this.provided.get(key(Name)) ?? 0) + Amount);
      }
    }
    return line;
  }
}

function files(): string[][] {
  const dir = new URL('journals/', SHARED_DATA);
  return readdirSync(dir)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => readFileSync(new URL(name, dir), 'utf8').split('\n'));
}

function standing(book: ColonisationBook) {
  const site = book.sites.get(SITE_ID);
  if (site === undefined) throw new Error('no site');
  const goods = siteGoods(site);
  return {
    required: new Map(goods.map(({ symbol, required }) => [symbol, required])),
    provided: new Map(goods.map(({ symbol, provided }) => [symbol, provided])),
  };
}

describe.skipIf(!hasSharedData)('two real journals of one build', () => {
  test('are at every depot event what they say, and in the end', () => {
    const oracle = new Oracle();
    const book = new ColonisationBook();
    for (const lines of files()) {
      const reader = new JournalReader();
      for (const text of lines) {
        if (text === '') continue;
        book.take(reader.read(text));
        const { event, ConstructionProgress } = oracle.read(text);
        if (event !== 'ColonisationConstructionDepot') continue;
        expect(standing(book)).toEqual({ required: oracle.required, provided: oracle.provided });
        const site = book.sites.get(SITE_ID);
        expect(site && siteProgress(site)).toBeCloseTo(ConstructionProgress, 5);
      }
    }
    expect([oracle.depots, oracle.deliveries]).toEqual([273, 20]);
    const site = book.sites.get(SITE_ID);
    expect(site?.deliveries).toHaveLength(20);
    expect(
      site?.deliveries.reduce((sum, { goods }) => sum + Object.values(goods).reduce((a, b) => a + b), 0),
    ).toBe(oracle.given);
    expect(site && siteState(site)).toBe('building');
    expect(site?.place).toMatchObject({ systemName: 'Col 285 Sector GF-F b12-5' });
    expect(book.sites.size).toBe(1);
  });

  test('end the same in whatever order they are read, twice, and cut anywhere', () => {
    const [first = [], second = []] = files();
    const whole = bookOf(first, second);
    const same = (book: ColonisationBook) => {
      expect(book.sites).toEqual(whole.sites);
      expect(book.carriers).toEqual(whole.carriers);
      expect(book.commanders).toEqual(whole.commanders);
    };
    same(bookOf(second, first));
    same(bookOf(first, second, first, second));
    const seeded = new SeededRandom(7);
    const random = () => seeded.next();
    for (let run = 0; run < 20; run++) {
      const book = new ColonisationBook();
      for (const lines of random() < 0.5 ? [first, second] : [second, first]) {
        const cut = Math.floor(random() * lines.length);
        // What is read before a restart, half a line at its end, and some of it again after it.
        let reader = new JournalReader();
        for (const line of lines.slice(0, cut)) book.take(reader.read(line));
        const { context } = reader;
        book.take(reader.read(lines[cut]?.slice(0, 40) ?? ''));
        reader = new JournalReader(context);
        for (const line of lines.slice(Math.max(0, cut - Math.floor(random() * 3))))
          book.take(reader.read(line));
      }
      expect(standing(book)).toEqual(standing(whole));
      same(book);
    }
  });

  test('tell of a commander, his ship and his carrier', () => {
    const book = bookOf(...files());
    expect(book.carriers).toHaveLength(1);
    expect(book.carriers[0]).toMatchObject({
      facts: { callsign: 'H5L-69X', capacity: 25_000, isSquadrons: false, fid: 'F123456789' },
      place: { systemName: 'Belalans' },
    });
    const commander = book.commanders.get('F123456789');
    expect(commander).toMatchObject({ name: { text: 'TEST' }, ship: { cargoCapacity: 776 } });
    expect(commander && contentsOf(commander.cargo)).not.toBeNull();
  });
});
