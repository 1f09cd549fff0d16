import { ColonisationBook } from '../../src/domain/colonisation/book/book.ts';
import { JournalReader } from '../../src/domain/colonisation/reading/journal-reader.ts';

/** 2026-05-01T12:00:00Z. */
export const JOURNAL_S = 1_777_636_800;

/** A line of a journal, as the game writes them. @param at seconds after {@link JOURNAL_S} */
export function journalLine(at: number, event: string, more: object = {}): string {
  const timestamp = new Date((JOURNAL_S + at) * 1000).toISOString().replace('.000', '');
  return JSON.stringify({ timestamp, event, ...more });
}

export const SITE_ID = 3_958_000_001;
export const CARRIER_ID = 3_710_000_001;

export function loginLines(at = 0, fid = 'F1', name = 'JAMESON'): string[] {
  return [
    journalLine(at, 'Fileheader', { part: 1, gameversion: '4.1.1.0' }),
    journalLine(at, 'Commander', { FID: fid, Name: name }),
  ];
}

export function dockedLine(at: number, more: object = {}): string {
  return journalLine(at, 'Docked', {
    ...{ StationName: 'Orbital Construction Site: Trevithick Dock', StationType: 'SpaceConstructionDepot' },
    ...{ StarSystem: 'Hyades Sector AB-C', SystemAddress: 11_668_486_497_665, MarketID: SITE_ID },
    StationServices: ['dock', 'colonisationcontribution'],
    ...more,
  });
}

/** @param goods `symbol: [required, provided]` */
export function depotLine(
  at: number,
  goods: Readonly<Record<string, readonly [number, number]>>,
  more: object = {},
): string {
  return journalLine(at, 'ColonisationConstructionDepot', {
    ...{
      MarketID: SITE_ID,
      ConstructionProgress: 0.5,
      ConstructionComplete: false,
      ConstructionFailed: false,
    },
    ResourcesRequired: Object.entries(goods).map(([symbol, [RequiredAmount, ProvidedAmount]]) => ({
      ...{ Name: `$${symbol}_name;`, Name_Localised: symbol.toUpperCase() },
      ...{ RequiredAmount, ProvidedAmount, Payment: 1_000 },
    })),
    ...more,
  });
}

/** @param goods tonnes by symbol */
export function contributionLine(
  at: number,
  goods: Readonly<Record<string, number>>,
  more: object = {},
): string {
  return journalLine(at, 'ColonisationContribution', {
    MarketID: SITE_ID,
    Contributions: Object.entries(goods).map(([symbol, Amount]) => ({
      // The game capitalises here, and not in depot events.
      ...{ Name: `$${symbol[0]?.toUpperCase()}${symbol.slice(1)}_name;`, Amount },
    })),
    ...more,
  });
}

/** What files of lines tell, read one after the other. */
export function bookOf(...files: readonly (readonly string[])[]): ColonisationBook {
  const book = new ColonisationBook();
  for (const lines of files) {
    const reader = new JournalReader();
    for (const line of lines) book.take(reader.read(line));
  }
  return book;
}
