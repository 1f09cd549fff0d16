import { eventName, parseEvent } from '../../journal/event.ts';
import type { Finding } from '../book/findings.ts';
import { LINE_FIELDS, SIDE_FIELDS } from './fields.ts';
import { JournalReader } from './journal-reader.ts';

/** Why lines that were sent are refused: nothing of them counts. */
export class SentLineError extends Error {}

/** Reads lines that somebody has sent: of one journal or several, with what the files beside them tell. */
export class ReceivedLines {
  readonly #latestS: number;
  #reader = new JournalReader();
  #at = 0;
  readonly findings: Finding[] = [];
  /** Lines that tell something. */
  read = 0;

  /** @param latestS no line may be later, epoch seconds: it would be the newest for ever */
  constructor(latestS: number) {
    this.#latestS = latestS;
  }

  get lines(): number {
    return this.#at;
  }

  /** @throws SentLineError that says which line, and what to do */
  take(line: string): void {
    if (line.trim() === '') return;
    this.#at += 1;
    const name = eventName(line);
    // A new file.
    if (name === 'Fileheader') this.#reader = new JournalReader();
    if (name !== null && !LINE_FIELDS.has(name) && !SIDE_FIELDS.has(name)) return;
    const event = parseEvent(line);
    if (event === null) {
      throw this.#refused('is no event: send each as one JSON object with "timestamp" and "event"');
    }
    if (event.atS > this.#latestS) {
      throw this.#refused(`is of ${String(event.body.timestamp)}, which is yet to come: set the clock`);
    }
    const isBeside = event.event === 'Market' || event.event === 'Status';
    const found = isBeside ? this.#reader.readSideFile(line) : this.#reader.read(line);
    if (this.#reader.context.fid === null && (found.length > 0 || LINE_FIELDS.has(event.event))) {
      throw this.#refused(
        `(${event.event}) comes before it is told whose it is: begin with the last Commander line of its file`,
      );
    }
    if (found.length === 0) return;
    this.read += 1;
    for (const finding of found) this.findings.push(finding);
  }

  #refused(why: string): SentLineError {
    return new SentLineError(`line ${this.#at} ${why}`);
  }
}
