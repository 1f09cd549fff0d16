import { fileLines } from './file-lines.ts';

const LINE_FEED = 0x0a;
const COMMA = 0x2c;

/** Collects the station ids of a listing while it is written. */
export class ListedStations {
  readonly ids = new Set<string>();
  /** The id of the last line, with the commas around it; none is blank. */
  #last = Buffer.from(',,');

  /** @param chunk whole lines */
  take(chunk: Uint8Array): void {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < text.length; at = text.indexOf(LINE_FEED, at) + 1 || text.length) {
      const idAt = text.indexOf(COMMA, at);
      if (idAt < 0) return;
      if (text.compare(this.#last, 0, this.#last.length, idAt, idAt + this.#last.length) === 0) continue;
      const endAt = text.indexOf(COMMA, idAt + 1);
      const id = text.toString('latin1', idAt + 1, endAt);
      this.#last = Buffer.from(`,${id},`);
      // The header names the column.
      if (/^\d+$/.test(id)) this.ids.add(id);
    }
  }
}

/** Of these stations those that a published `Station.csv` has not. */
export async function stationsLacking(
  file: string,
  stationIds: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<number> {
  const lacking = new Set(stationIds);
  for await (const lines of fileLines(file, signal)) {
    for (const line of lines) lacking.delete(line.slice(0, line.indexOf(',')));
  }
  return lacking.size;
}
