import { kindFacts } from '../../galaxy/stations/station-kinds.ts';
import type { Leg } from '../../galaxy/travel-time.ts';

/** A leg somebody has flown. */
export interface FlownLeg extends Omit<Leg, 'distanceLy'> {
  readonly jumps: number;
  /** From undocked to docked. */
  readonly seconds: number;
}

/** What a commander's journal tells of the time he takes. */
export interface FlownTimes {
  readonly legs: readonly FlownLeg[];
  /** Docked to undocked with the market opened, seconds. */
  readonly stays: readonly number[];
}

/** A leg or stay that takes longer had a pause in it. */
const LONGEST_S = 3_600;

interface Event {
  readonly event?: unknown;
  readonly timestamp?: unknown;
  readonly StationType?: unknown;
  readonly StationName?: unknown;
  readonly MarketID?: unknown;
  readonly DistFromStarLS?: unknown;
}

/** @param events of one commander's journals, in their order, as parsed; what is no event is passed over */
export function flownTimes(events: Iterable<unknown>): FlownTimes {
  const legs: FlownLeg[] = [];
  const stays: number[] = [];
  let undockedS: number | null = null;
  let dockedS: number | null = null;
  let jumps = 0;
  let hasOpened = false;
  for (const each of events) {
    const event = (typeof each === 'object' ? (each ?? {}) : {}) as Event;
    const atS = typeof event.timestamp === 'string' ? Date.parse(event.timestamp) / 1000 : NaN;
    if (Number.isNaN(atS)) continue;
    switch (event.event) {
      case 'Undocked':
        if (dockedS !== null && hasOpened && atS - dockedS <= LONGEST_S) stays.push(atS - dockedS);
        undockedS = atS;
        dockedS = null;
        jumps = 0;
        break;
      case 'FSDJump':
        jumps += 1;
        break;
      case 'Market':
        hasOpened = true;
        break;
      case 'Docked':
        if (undockedS !== null && atS - undockedS <= LONGEST_S) {
          legs.push({ ...arrivalOf(event), jumps, seconds: atS - undockedS });
        }
        undockedS = null;
        dockedS = atS;
        hasOpened = false;
        break;
      // The game was left, or the ship was carried: that was no flight.
      case 'LoadGame':
      case 'Died':
      case 'CarrierJump':
        undockedS = null;
        dockedS = null;
        break;
    }
  }
  return { legs, stays };
}

function arrivalOf({ StationType, StationName, MarketID, DistFromStarLS }: Event) {
  const { type, planetary } = kindFacts(StationType, String(StationName), Number(MarketID));
  return {
    lsFromStar: typeof DistFromStarLS === 'number' ? DistFromStarLS : null,
    isPlanetary: planetary === undefined ? null : planetary === 'Y',
    isCarrier: type === 'FleetCarrier',
  };
}
