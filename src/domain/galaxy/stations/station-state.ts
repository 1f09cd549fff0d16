import { lookupName, NEW_STATION, type Generation } from '../../generation.ts';
import type { Flag, StationRow } from '../../spansh/records.ts';
import { believedS, isMixedIdentity, sameName } from '../../market/write-rule.ts';
import { factsOf, joinFacts, newestFactS, RANK, type Facts } from '../facts.ts';
import { typeIdOf, typeOfId } from './station-kinds.ts';

/** What `tdl_fact` keeps of a station. */
export interface OwnState {
  readonly facts: Facts;
  /** `Station.modified` as we wrote it; another one means that another program wrote the row. -1: there was no row. */
  readonly modifiedS: number;
  /** Time of the newest dump's row that is in the facts; -1: none. */
  readonly dumpS: number;
}

/** Whether the row's type is one of carriers. */
export function isCarrier(typeId: number, generation: Generation): boolean {
  return typeId === typeIdOf('FleetCarrier', generation);
}

/** What a database holds of a station. */
export interface StoredState {
  readonly row: StationRow | null;
  /** Of the row; blank: none. */
  readonly systemName: string;
  readonly own: OwnState | null;
  /**
   * The newest time of its market's rows, epoch seconds: then it was seen where it is. Only asked where {@link mayMove}.
   */
  readonly marketS?: number | null;
}

/** What is told of a station, and how. */
export interface Told {
  readonly facts: Facts;
  /** Make a row of whatever is known; else only of what somebody told who was there. */
  readonly create?: boolean;
  /** Told by a dump's row of this time. */
  readonly dumpS?: number;
}

/**
 * Joins what is told with what is stored.
 *
 * What somebody tells in passing who gives the station another name and another system is left alone: the write rule
 * waits until that is confirmed.
 *
 * @param systemsNamed ids of the systems of a name; only asked for names that {@link namesAsked} gives
 * @param notAfterS nobody has observed anything later
 */
export function learnState(
  stored: StoredState,
  { facts: all, dumpS = -1 }: Told,
  generation: Generation,
  systemsNamed: (name: string) => readonly string[],
  notAfterS: number,
): OwnState {
  const { row, own } = stored;
  const told = isOfAnother(all, stored, generation, systemsNamed) ? {} : all;
  const isForeign = row !== null && row.modifiedS !== own?.modifiedS;
  const rowFacts = isForeign
    ? factsOfRow({ ...row, modifiedS: believedS(row.modifiedS, notAfterS) ?? 0 }, generation)
    : {};
  // What the feed made before there were facts, no dump has told.
  const rowDumpS = isForeign && !isNewRow(row) ? (believedS(row.modifiedS, notAfterS) ?? -1) : -1;
  const seenS = believedS(stored.marketS, notAfterS);
  const seen =
    row === null || seenS === null ? {} : factsOf(RANK.tells, seenS, { system: String(row.systemId) });
  const joined = joinFacts(own?.facts ?? {}, rowFacts, seen, told);
  const place = placeFacts(joined, stored, systemsNamed);
  const facts = place.system === undefined ? joined : joinFacts(joined, place);
  return { facts, modifiedS: newestFactS(facts), dumpS: Math.max(own?.dumpS ?? -1, rowDumpS, dumpS) };
}

function isOfAnother(
  { name, seenIn, type }: Facts,
  { row, systemName }: StoredState,
  generation: Generation,
  systemsNamed: (name: string) => readonly string[],
): boolean {
  if (row === null || name === undefined || seenIn === undefined || type?.[2] === 'FleetCarrier')
    return false;
  if (sameName(seenIn[2], systemName)) return false;
  return isMixedIdentity(name[2], systemsNamed(seenIn[2]), {
    ...{ name: row.name, systemId: String(row.systemId), isCarrier: isCarrier(row.typeId, generation) },
  });
}

/** Whether somebody says that a station is elsewhere. */
export function mayMove({ row, systemName }: Omit<StoredState, 'own'>, { system, seenIn }: Facts): boolean {
  if (row === null) return false;
  if (system !== undefined && system[2] !== String(row.systemId)) return true;
  return seenIn !== undefined && !sameName(seenIn[2], systemName);
}

/** Names of systems whose ids {@link learnState} may want to know. */
export function namesAsked({ own, systemName }: StoredState, told: Facts): string[] {
  const names = [told.seenIn?.[2] ?? '', own?.facts.seenIn?.[2] ?? ''];
  return names.filter((name) => name !== '' && !sameName(name, systemName));
}

/** Where a station is of which only the system's name was told. Of several it can only be the one where it was anyhow. */
function placeFacts(
  { seenIn, system }: Facts,
  { row, systemName }: StoredState,
  systemsNamed: (name: string) => readonly string[],
): Facts {
  if (seenIn === undefined || (system !== undefined && system[1] > seenIn[1])) return {};
  const [, atS, name] = seenIn;
  if (row !== null && sameName(name, systemName))
    return factsOf(RANK.tells, atS, { system: String(row.systemId) });
  const ids = systemsNamed(name);
  return factsOf(RANK.tells, atS, { system: ids.length > 1 ? ids.find((id) => id === system?.[2]) : ids[0] });
}

function isNewRow({ typeId, lsFromStar }: StationRow): boolean {
  return typeId === NEW_STATION.typeId && lsFromStar === NEW_STATION.lsFromStar;
}

/** Whether a row may be made of it: somebody was there, and told its name. */
export function isWhole({ facts }: OwnState): boolean {
  return facts.system !== undefined && facts.name?.[0] === RANK.tells;
}

/** A row's facts: what is not unknown in it. */
export function factsOfRow(row: StationRow, generation: Generation): Facts {
  const known = <V extends string>(value: V) => (value === '?' ? undefined : (value as Exclude<V, '?'>));
  return factsOf(RANK.tells, row.modifiedS, {
    name: row.name,
    system: String(row.systemId),
    type: typeOfId(row.typeId, generation),
    planetary: known(row.planetary),
    pads: known(row.maxPadSize),
    // A dump that does not know the distance leaves 0.
    ls: row.lsFromStar === 0 || isNewRow(row) ? undefined : row.lsFromStar,
    blackmarket: known(row.blackmarket),
    market: known(row.market),
    shipyard: known(row.shipyard),
    outfitting: known(row.outfitting),
    rearm: known(row.rearm),
    refuel: known(row.refuel),
    repair: known(row.repair),
    ...row.profile,
  });
}

/**
 * The row that the facts make.
 *
 * @param system in force; not the facts' one where no table has that yet
 */
export function rowOfFacts(
  { facts, modifiedS, dumpS }: OwnState,
  system: string,
  generation: Generation,
): StationRow {
  const flag = (fact: Facts['market']): Flag => fact?.[2] ?? NEW_STATION.flag;
  const name = facts.name?.[2] ?? '';
  return {
    name,
    lookupName: generation === 'v13' ? lookupName(name) : null,
    systemId: BigInt(system),
    lsFromStar: facts.ls?.[2] ?? (dumpS < 0 ? NEW_STATION.lsFromStar : 0),
    blackmarket: flag(facts.blackmarket),
    maxPadSize: facts.pads?.[2] ?? NEW_STATION.flag,
    market: flag(facts.market),
    shipyard: flag(facts.shipyard),
    outfitting: flag(facts.outfitting),
    rearm: flag(facts.rearm),
    refuel: flag(facts.refuel),
    repair: flag(facts.repair),
    planetary: flag(facts.planetary),
    typeId: typeIdOf(facts.type?.[2], generation),
    modifiedS,
  };
}

/** What a market's message says of its station: enough for a row that waits to be completed. @param isRenamed its name is certain */
export function marketFacts(
  stationName: string,
  systemId: string,
  observedAtS: number,
  isRenamed: boolean,
): Facts {
  return {
    ...factsOf(isRenamed ? RANK.tells : RANK.fills, observedAtS, { name: stationName }),
    ...factsOf(RANK.tells, observedAtS, { system: systemId, market: NEW_STATION.market }),
  };
}
