import { isObject } from '../../eddn/values.ts';
import { exactId, objectsOf, type JournalEvent } from '../../journal/event.ts';

/** Fields of an event that count; of those that are lists or objects, theirs. */
type Fields = readonly (string | readonly [string, Fields])[];

const SYSTEM = ['StarSystem', 'SystemAddress'] as const;
const STATION = ['StationName', 'StationType', 'MarketID', 'StationServices'] as const;
const GOOD = ['Name', 'Name_Localised', 'Payment'] as const;
const DEPOT: Fields = [
  ...['MarketID', 'ConstructionProgress', 'ConstructionComplete', 'ConstructionFailed'],
  ['ResourcesRequired', [...GOOD, 'RequiredAmount', 'ProvidedAmount']],
  // The first shape.
  ['Commodities', [...GOOD, 'Total', 'Delivered']],
  ...[...SYSTEM, 'SystemName', 'System', 'StationName', 'Name', 'StationType'],
];
const CONTRIBUTION: Fields = [
  'MarketID',
  ['Contributions', ['Name', 'Amount']],
  ...['Commodity', 'Quantity', 'TotalQuantity'],
];
const TRADE = ['MarketID', 'Type', 'Count'] as const;
const CARGO: Fields = ['Vessel', 'Count', ['Inventory', ['Name', 'Count']]];

/** Everything that is read of a journal, by event; nothing else leaves the computer of whoever sends his. */
export const LINE_FIELDS: ReadonlyMap<string, Fields> = new Map([
  ['Commander', ['FID', 'Name']],
  ['LoadGame', ['FID', 'Commander']],
  ['Location', [...SYSTEM, ...STATION, 'Docked']],
  ['FSDJump', SYSTEM],
  ['CarrierJump', [...SYSTEM, ...STATION, 'Docked']],
  ['Docked', [...SYSTEM, ...STATION]],
  ['Undocked', []],
  ['ColonisationConstructionDepot', DEPOT],
  ['ColonizationConstructionDepot', DEPOT],
  ['ColonisationContribution', CONTRIBUTION],
  ['ColonizationContribution', CONTRIBUTION],
  [
    'CarrierStats',
    [
      ...['CarrierID', 'Callsign', 'Name', 'CarrierType', 'FuelLevel', 'JumpRangeCurr'],
      ['SpaceUsage', ['Cargo', 'TotalCapacity', 'FreeSpace']],
    ],
  ],
  ['CarrierLocation', ['CarrierID', ...SYSTEM]],
  ['CarrierJumpRequest', ['CarrierID', 'SystemName', 'SystemAddress', 'DepartureTime']],
  ['CarrierJumpCancelled', ['CarrierID']],
  ['CarrierTradeOrder', ['CarrierID', 'Commodity', 'SaleOrder', 'PurchaseOrder', 'CancelTrade', 'Price']],
  ['MarketBuy', TRADE],
  ['MarketSell', TRADE],
  ['CargoTransfer', ['MarketID', ['Transfers', ['Type', 'Count', 'Direction']]]],
  ['Cargo', CARGO],
  ['Loadout', ['Ship', 'CargoCapacity', 'MaxJumpRange']],
  ['Died', []],
] satisfies (readonly [string, Fields])[]);

/** The same of the files beside it. */
export const SIDE_FIELDS: ReadonlyMap<string, Fields> = new Map([
  ['Market', ['MarketID', 'StationType', ['Items', ['Name', 'Stock']]]],
  ['Cargo', CARGO],
  ['Status', ['Flags', 'Cargo']],
] satisfies (readonly [string, Fields])[]);

/** An event as one line, with nothing that is not read. Ids stay exact. */
export function stripped({ event, body, text }: JournalEvent, fields: Fields): string {
  const { timestamp } = body;
  const id = fields.includes('SystemAddress') ? exactId(text, 'SystemAddress') : null;
  const others = fields.filter((field) => field !== 'SystemAddress');
  const line = JSON.stringify({ timestamp, event, ...picked(body, others) });
  return id === null ? line : `${line.slice(0, -1)},"SystemAddress":${id}}`;
}

type Body = Readonly<Record<string, unknown>>;

function picked(body: Body, fields: Fields): Body {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const [name, inner] = typeof field === 'string' ? [field, null] : field;
      const value = body[name];
      if (value === undefined) return [];
      if (inner === null) return [[name, value]];
      if (Array.isArray(value)) return [[name, objectsOf(value).map((each) => picked(each, inner))]];
      return isObject(value) ? [[name, picked(value, inner)]] : [];
    }),
  );
}
