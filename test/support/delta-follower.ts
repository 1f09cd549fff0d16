import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';

interface Point {
  readonly seq: number;
  readonly at: string;
}

interface Named {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

interface Text {
  readonly logId: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly files: readonly Named[];
}

interface Full extends Text {
  readonly seq: number;
}

interface Delta extends Text {
  readonly name: string;
  readonly kind: string;
  readonly from: Point;
  readonly to: Point;
  readonly stations: number;
}

interface Manifest extends Delta {
  readonly emptied: readonly number[];
  readonly placed: readonly (readonly [number, string])[];
}

export interface Index {
  readonly logId: string;
  readonly from: Point;
  readonly to: Point;
  readonly full: string;
  readonly next: { readonly hourly: Point; readonly daily: Point };
  readonly deltas: readonly Delta[];
}

/** Lines without the running number, by station id. */
export type Listings = Map<string, string>;

export function parseListings(text: string): Listings {
  const [header, ...lines] = text.trimEnd().split('\n');
  if (!header?.startsWith('id,station_id,commodity_id,')) throw new Error(`no listing: ${header}`);
  const listings: Listings = new Map();
  lines.forEach((line, i) => {
    const [id, stationId = ''] = line.split(',', 2);
    if (Number(id) !== i + 1) throw new Error(`line ${i + 1} is numbered ${id}`);
    const rest = line.slice(line.indexOf(',') + 1);
    const before = listings.get(stationId);
    listings.set(stationId, before === undefined ? rest : `${before}\n${rest}`);
  });
  return listings;
}

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A file of a manifest, as it says. */
function checked(directory: string, { name, bytes, sha256: expected }: Named): Buffer {
  const content = readFileSync(join(directory, name));
  if (content.length !== bytes || sha256(content) !== expected) throw new Error(`${name} is torn`);
  return content;
}

/** What a manifest belongs to, unpacked. */
export function textOf(directory: string, manifest: Text): string {
  for (const file of manifest.files) checked(directory, file);
  const packed = manifest.files.find(({ name }) => name.endsWith('.zst'))!;
  const text = zstdDecompressSync(checked(directory, packed));
  if (text.length !== manifest.bytes || sha256(text) !== manifest.sha256) throw new Error('the text is torn');
  return text.toString();
}

export function readIndex(exportDir: string): Index {
  return json(join(exportDir, 'deltas/index.json')) as Index;
}

/** Keeps a copy as docs/deltas.md says, and knows nothing else of the program. */
export class DeltaFollower {
  readonly #dir: string;
  logId = '';
  seq = -1;
  listings: Listings = new Map();
  /** Of stations that were made or moved since the full file. */
  places = new Map<string, string>();
  /** How often it began with a full file. */
  begun = 0;

  /** @param exportDir where `listings.csv` is */
  constructor(exportDir: string) {
    this.#dir = exportDir;
  }

  follow(): this {
    for (;;) {
      const { logId, from, deltas } = readIndex(this.#dir);
      if (this.logId !== logId || this.seq < from.seq) {
        this.#begin();
        if (this.logId !== logId || this.seq < from.seq) throw new Error('the full file is no base');
        continue;
      }
      const fitting = deltas.filter((delta) => delta.from.seq <= this.seq && this.seq < delta.to.seq);
      const best = fitting.toSorted((a, b) => b.to.seq - a.to.seq)[0];
      if (best === undefined) return this;
      this.#take(best.name);
    }
  }

  #begin(): void {
    const full = json(join(this.#dir, 'listings.manifest.json')) as Full;
    const text = textOf(this.#dir, full);
    if (text !== readFileSync(join(this.#dir, 'listings.csv'), 'utf8')) throw new Error('two full files');
    this.listings = parseListings(text);
    this.places = new Map();
    this.logId = full.logId;
    this.seq = full.seq;
    this.begun++;
  }

  #take(name: string): void {
    const dir = join(this.#dir, 'deltas');
    const manifest = json(join(dir, name)) as Manifest;
    const changed = parseListings(textOf(dir, manifest));
    if (changed.size !== manifest.stations) throw new Error(`${name} has ${changed.size} stations`);
    for (const id of manifest.emptied) this.listings.delete(String(id));
    for (const [id, lines] of changed) this.listings.set(id, lines);
    for (const [id, systemId] of manifest.placed) this.places.set(String(id), systemId);
    this.seq = manifest.to.seq;
  }
}
