import type { StagedBatch } from '../ports/market/feed.ts';
import type { Rejection } from './rejections.ts';

/** Messages in a row that could not be understood, after which it is no accident. */
const MAX_STRANGE = 20;
/** Messages in a row of which none was of use: one in ten is about a market. */
const MAX_OTHER = 2_000;

/** Refused by what they are, not by how they are written. */
const UNDERSTOOD: ReadonlySet<string> = new Set<Rejection>([
  'legacy galaxy',
  'software not whitelisted',
  'whitelist minversion unreadable',
  'software version unreadable',
  'software version too old',
  'no market id',
  'no usable row',
]);
/** Most of the feed. */
const OTHER: ReadonlySet<string> = new Set<Rejection>(['other schema', 'test schema', 'nothing to learn']);

/** Notices when everything the feed sends is refused: a new version of the schema, another compression. */
export class Understanding {
  #strange = 0;
  #other = 0;
  #reasons = new Map<string, number>();

  note({ snapshots, unresolved, learned, rejected }: StagedBatch): void {
    const reasons = Object.entries(rejected);
    const taken = snapshots.length + unresolved.length + learned;
    if (taken > 0 || reasons.some(([reason]) => UNDERSTOOD.has(reason))) {
      this.#strange = this.#other = 0;
      this.#reasons.clear();
      return;
    }
    for (const [reason, count] of reasons) {
      if (OTHER.has(reason)) this.#other += count;
      else this.#strange += count;
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count);
    }
  }

  /** What is refused; null: enough is understood. */
  get trouble(): string | null {
    if (this.#strange < MAX_STRANGE && this.#other < MAX_OTHER) return null;
    const [reason = ''] = [...this.#reasons]
      .sort(([, a], [, b]) => b - a)
      .map(([text]) => text)
      .filter((text) => this.#strange < MAX_STRANGE || !OTHER.has(text));
    return `none of the last ${this.#strange + this.#other} messages was of use, mostly: ${reason}`;
  }
}
