import { hasOwnTable } from '../own-table.ts';
import type { QueryReader } from '../reader.ts';
import { Kept } from './kept.ts';

/** How long a list is good for: it is read from every station's profile. */
const GOOD_MS = 10 * 60_000;

/** Ids of the stations that are known to have a service, read when it is first asked for. */
export class StationsOffering {
  readonly #reader: QueryReader;
  readonly #read = new Map<string, Kept<ReadonlySet<number>>>();

  constructor(reader: QueryReader) {
    this.#reader = reader;
  }

  /** @param service as the game's journal names it, in small letters */
  of(service: string): Promise<ReadonlySet<number>> {
    const read = this.#read.get(service) ?? new Kept(GOOD_MS, () => this.#load(service));
    this.#read.set(service, read);
    return read.get();
  }

  async #load(service: string): Promise<ReadonlySet<number>> {
    const ids = new Set<number>();
    if (!(await hasOwnTable(this.#reader, 'tdl_profile'))) return ids;
    const listed = this.#reader.dialect.text(`%,${service},%`);
    await this.#reader.each(
      `SELECT station_id FROM tdl_profile WHERE CONCAT(',', services, ',') LIKE ${listed}`,
      ([id]) => void ids.add(Number(id)),
    );
    return ids;
  }
}
