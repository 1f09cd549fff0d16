import type { ImportCounts } from '../../../domain/ports/store/galaxy-store.ts';
import { reasonKind } from '../../../domain/refusals.ts';
import type { Log } from '../../../domain/ports/log.ts';

/** A record that the database does not take. */
export interface Refusal {
  /** Which one, and why. */
  readonly text: string;
  /** It can never be written: it is the record's fault. */
  readonly isInvalid: boolean;
}

type RefusalCounts = Pick<ImportCounts, 'refused' | 'invalid' | 'refusal'>;

const NONE: RefusalCounts = { refused: 0, invalid: 0, refusal: null };
/** Reasons that are remembered, and so told. */
const MAX_REASONS = 100;

function countRefusals(refusals: readonly Refusal[]): RefusalCounts {
  const invalid = refusals.filter(({ isInvalid }) => isInvalid).length;
  // What may pass says more than what never will.
  const first = refusals.find(({ isInvalid }) => !isInvalid) ?? refusals[0];
  return { refused: refusals.length - invalid, invalid, refusal: first?.text ?? null };
}

/** Told once a reason, however often the database gives it. */
export class RefusalLog {
  readonly #log: Log | undefined;
  readonly #told = new Set<string>();

  constructor(log: Log | undefined) {
    this.#log = log;
  }

  /** @returns how many there are of which kind */
  tell(refusals: readonly Refusal[]): RefusalCounts {
    if (refusals.length === 0) return NONE;
    for (const { text } of refusals) {
      const kind = reasonKind(text);
      if (this.#told.has(kind) || this.#told.size === MAX_REASONS) continue;
      this.#told.add(kind);
      this.#log?.warn({}, `the database refuses records, told once a reason: ${text}`);
    }
    return countRefusals(refusals);
  }
}
