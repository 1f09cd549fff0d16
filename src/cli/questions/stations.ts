import type { FoundStation } from '../../app/http/questions.ts';
import { age, type Column } from './table.ts';

/** Where a station is and how it is reached. @param isNear distances are known */
export function whereColumns<Entry extends FoundStation>(isNear: boolean): Column<Entry>[] {
  const distance: Column<Entry> = {
    name: 'distanceLy',
    head: 'ly',
    of: (each) => each.distanceLy,
    show: oneDigit,
  };
  return [
    { name: 'name', head: 'station', of: (each) => each.name },
    { name: 'systemName', head: 'system', of: (each) => each.systemName },
    ...(isNear ? [distance] : []),
    { name: 'lsFromStar', head: 'ls', of: (each) => each.lsFromStar },
    { name: 'maxPad', head: 'pad', of: (each) => each.maxPad },
  ];
}

/** How old what is told of a market is, its id, and a mark for prices that no real market asks. */
export function ageColumns<Entry extends FoundStation>(): Column<Entry>[] {
  return [
    { name: 'marketAgeS', head: 'age', of: (each) => each.marketAgeS, show: age },
    { name: 'marketId', head: 'market id', of: (each) => each.marketId, show: String },
    {
      name: 'plausible',
      head: '',
      of: ({ plausible }) => (plausible === null ? null : String(plausible)),
      show: (value) => (value === 'false' ? 'odd prices' : ''),
    },
  ];
}

function oneDigit(value: string | number | null): string {
  return typeof value === 'number' ? value.toFixed(1) : '?';
}
