import { eventName, fidOf, parseEvent } from '../../journal/event.ts';
import { LINE_FIELDS, SIDE_FIELDS, stripped } from './fields.ts';

/** What must be told before a line from the middle of a file: lines of it. */
export interface SentContext {
  /** Null: the file has not told yet. */
  readonly commander: string | null;
  readonly place: string | null;
  /** After it. */
  readonly undocked: string | null;
}

/** A line that is sent to somebody else's daemon. */
export interface SentLine {
  readonly text: string;
  readonly before: SentContext;
  readonly after: SentContext;
}

const NO_CONTEXT: SentContext = { commander: null, place: null, undocked: null };

const PLACES: ReadonlySet<string> = new Set(['Location', 'FSDJump', 'CarrierJump', 'Docked']);

/** Reads the lines of one journal for somebody else's daemon: those that are used there, and of those what is used. */
export class SentReader {
  #context: SentContext;
  #status = '';

  constructor(context: SentContext = NO_CONTEXT) {
    this.#context = context;
  }

  get context(): SentContext {
    return this.#context;
  }

  read(line: string): SentLine[] {
    const name = eventName(line);
    if (name !== null && !LINE_FIELDS.has(name)) return [];
    const event = parseEvent(line);
    const fields = LINE_FIELDS.get(event?.event ?? '');
    if (event === null || fields === undefined) return [];
    const text = stripped(event, fields);
    const before = this.#context;
    if (fidOf(event.body.FID) !== null) this.#context = { ...before, commander: text };
    else if (PLACES.has(event.event)) this.#context = { ...before, place: text, undocked: null };
    else if (event.event === 'Undocked') this.#context = { ...before, undocked: text };
    return this.#said(text, before);
  }

  /** A market counts when it is a carrier's; a status when another one was told. */
  readSideFile(text: string): SentLine[] {
    const event = parseEvent(text);
    const fields = SIDE_FIELDS.get(event?.event ?? '');
    if (event === null || fields === undefined) return [];
    if (event.event === 'Market' && event.body.StationType !== 'FleetCarrier') return [];
    const line = stripped(event, fields);
    if (event.event === 'Status') {
      const status = String(event.body.Cargo);
      if (status === this.#status) return [];
      this.#status = status;
    }
    return this.#said(line, this.#context);
  }

  /** Nothing before it is known whose it is: it would count for nobody. */
  #said(text: string, before: SentContext): SentLine[] {
    const after = this.#context;
    return after.commander === null ? [] : [{ text, before, after }];
  }
}

/** As the game begins a file: what was told before concerns what follows no more. */
const HEADER = 'Fileheader';

/**
 * As many of these lines as make a part, each after what must be known before it.
 * @param maxLength in characters; a part is longer only where one line is
 */
export function partOf(
  lines: readonly SentLine[],
  maxLength: number,
): { readonly text: string; readonly lines: number } {
  let text = '';
  let count = 0;
  let told: SentContext | null = null;
  for (const line of lines) {
    const more = told === line.before ? [line.text] : [...opening(line), line.text];
    const added = more.map((each) => `${each}\n`).join('');
    if (count > 0 && text.length + added.length > maxLength) break;
    text += added;
    count += 1;
    told = line.after;
  }
  return { text, lines: count };
}

function opening({ text, before }: SentLine): string[] {
  const { commander, place, undocked } = before;
  const [, timestamp = ''] = /"timestamp":"([^"]*)"/.exec(text) ?? [];
  const known = [commander, place, undocked].filter((line) => line !== null);
  return [JSON.stringify({ timestamp, event: HEADER }), ...known];
}
