import { expect, test } from 'vitest';
import { JournalReader } from '../../src/domain/colonisation/reading/journal-reader.ts';
import { CARRIER_ID, contributionLine, depotLine, dockedLine, journalLine } from '../support/journals.ts';

const OWNER = { fid: 'F1', position: null };

test.each([
  ['whose it is', OWNER, 'F1'],
  ['whose it is not', undefined, ''],
])('what is delivered, moved and told of a carrier says %s', (_, context, fid) => {
  const journal = new JournalReader(context);
  const [delivery] = journal.read(contributionLine(1, { steel: 5 }));
  expect(delivery).toMatchObject({ kind: 'site', site: { deliveries: [{ fid }] } });
  const [stats] = journal.read(journalLine(2, 'CarrierStats', { CarrierID: CARRIER_ID }));
  expect(stats).toMatchObject({ kind: 'carrier', carrier: { facts: { fid } } });
  journal.read(dockedLine(3, { MarketID: CARRIER_ID, StationType: 'FleetCarrier' }));
  const moved = journal.read(journalLine(4, 'MarketBuy', { Type: 'steel', Count: 4 }));
  expect(moved.at(-1)).toMatchObject({ kind: 'carrier', carrier: { hold: { moves: [{ fid }] } } });
  // Of nobody there is no commander.
  const [own] = moved;
  if (fid === '') expect(moved).toHaveLength(1);
  else expect(own).toMatchObject({ kind: 'commander', commander: { cargo: { moves: [{ fid }] } } });
});

test('who logs in without a name is one all the same', () => {
  const journal = new JournalReader(OWNER);
  expect(journal.read(journalLine(1, 'Commander', { FID: 'F2' }))).toEqual([]);
  expect(journal.context.fid).toBe('F2');
});

test('a site is done when it says so, all of it is 1, and one without a name or a system is nowhere', () => {
  const site = (more: object) => {
    const [found] = new JournalReader(OWNER).read(depotLine(1, { steel: [1, 0] }, more));
    return found?.kind === 'site' ? found.site : undefined;
  };
  expect(site({ ConstructionProgress: 1 })?.depot).toMatchObject({ progress: 1, isComplete: false });
  expect(site({ ConstructionProgress: null })?.depot?.progress).toBeNull();
  expect(site({ ConstructionComplete: true })?.depot?.isComplete).toBe(true);
  expect(site({ StarSystem: 'Sol' })?.place).toBeNull();
  expect(site({ StationName: 'Site' })?.place).toBeNull();
});

test('how much there is of a good in all counts where both are told', () => {
  const counted = (more: object) => {
    const [found] = new JournalReader(OWNER).read(
      journalLine(1, 'ColonisationContribution', { MarketID: 7, Quantity: 1, ...more }),
    );
    return found?.kind === 'site' ? Object.keys(found.site.counted) : undefined;
  };
  expect(counted({ Commodity: '$steel_name;', TotalQuantity: 5 })).toEqual(['steel']);
  expect(counted({ Commodity: '', TotalQuantity: 5 })).toEqual([]);
  expect(counted({ Commodity: '$steel_name;', TotalQuantity: 'many' })).toEqual([]);
});
