import { WantedKeys, type JsonCursor, type Span } from './json-cursor.ts';

/** Where in the text of a system the parts are that the import reads. Absent ones are undefined. */
export interface LocatedSystem {
  id64?: Span;
  name?: Span;
  coords?: Span;
  date?: Span;
  updateTime?: Span;
  /** Of the system and of all its bodies. */
  readonly stations: LocatedStation[];
}

export interface LocatedStation {
  /** The whole station. */
  span: Span;
  /** Name of the body with which it is listed. */
  body?: Span;
  id?: Span;
  updateTime?: Span;
  market?: LocatedBlock;
  shipyard?: LocatedBlock;
  outfitting?: LocatedBlock;
}

export interface LocatedBlock {
  span: Span;
  updateTime?: Span;
}

const SYSTEM_KEYS = new WantedKeys('id64', 'name', 'coords', 'date', 'updateTime', 'stations', 'bodies');
const BODY_KEYS = new WantedKeys('name', 'stations');
const STATION_KEYS = new WantedKeys('id', 'updateTime', 'market', 'shipyard', 'outfitting');
const BLOCK_KEYS = new WantedKeys('updateTime');

/**
 * Moves the cursor behind the system that begins there. Of a key that occurs twice the last one counts, as it does for
 * JSON.parse.
 * @throws BrokenJson
 */
export function locateSystem(cursor: JsonCursor): LocatedSystem {
  const system: Omit<LocatedSystem, 'stations'> = {};
  let direct: LocatedStation[] = [];
  let onBodies: LocatedStation[] = [];
  cursor.object(SYSTEM_KEYS, (key) => {
    if (key === 'stations') direct = locateStations(cursor);
    else if (key === 'bodies') onBodies = locateBodies(cursor);
    else system[key] = cursor.value();
  });
  return { ...system, stations: [...direct, ...onBodies] };
}

function locateBodies(cursor: JsonCursor): LocatedStation[] {
  const all: LocatedStation[] = [];
  eachObject(cursor, () => {
    let stations: LocatedStation[] = [];
    let name: Span | undefined;
    cursor.object(BODY_KEYS, (key) => {
      if (key === 'name') name = cursor.value();
      else stations = locateStations(cursor);
    });
    for (const station of stations) all.push(name === undefined ? station : { ...station, body: name });
  });
  return all;
}

function locateStations(cursor: JsonCursor): LocatedStation[] {
  const stations: LocatedStation[] = [];
  eachObject(cursor, () => stations.push(locateStation(cursor)));
  return stations;
}

function locateStation(cursor: JsonCursor): LocatedStation {
  const start = cursor.at;
  const station: Omit<LocatedStation, 'span'> = {};
  cursor.object(STATION_KEYS, (key) => {
    if (key === 'id' || key === 'updateTime') station[key] = cursor.value();
    else station[key] = locateBlock(cursor);
  });
  return { ...station, span: { start, end: cursor.at } };
}

function locateBlock(cursor: JsonCursor): LocatedBlock {
  const start = cursor.at;
  const block: Omit<LocatedBlock, 'span'> = {};
  if (cursor.peek() === '{') cursor.object(BLOCK_KEYS, (key) => (block[key] = cursor.value()));
  else cursor.value();
  return { ...block, span: { start, end: cursor.at } };
}

/** Visits the objects of an array; what is none is passed over. */
function eachObject(cursor: JsonCursor, visit: () => void): void {
  if (cursor.peek() !== '[') cursor.value();
  else {
    cursor.array(() => {
      if (cursor.peek() === '{') visit();
      else cursor.value();
    });
  }
}
