import { Understanding } from '../../domain/eddn/understanding.ts';
import type { Now } from '../../domain/now.ts';
import type { StagedBatch } from '../../domain/ports/market/feed.ts';
import type { ListenerReporter } from './reporter.ts';

const MINUTE_MS = 60_000;

/** Notices what is wrong although messages arrive, and has it told once. */
export class FeedWatch {
  readonly #now: Now;
  readonly #isLive: boolean;
  readonly #reporter: Pick<ListenerReporter, 'clock' | 'understood'>;
  readonly #understanding = new Understanding();

  /** @param isLive the feed is a relay */
  constructor(now: Now, isLive: boolean, reporter: Pick<ListenerReporter, 'clock' | 'understood'>) {
    this.#now = now;
    this.#isLive = isLive;
    this.#reporter = reporter;
  }

  note(batch: StagedBatch): void {
    if (batch.newestGatewayS > 0) this.#now.noteGateway(batch.newestGatewayS, this.#isLive);
    this.#understanding.note(batch);
  }

  /** What has changed. */
  tell(): void {
    this.#reporter.clock(this.#clockTrouble);
    this.#reporter.understood(this.#understanding.trouble);
  }

  /** Why what arrives is not as it should be; empty: it is. */
  readonly troubles = (): string[] =>
    [this.#clockTrouble, this.#understanding.trouble].filter((trouble) => trouble !== null);

  get #clockTrouble(): string | null {
    const { behindMs } = this.#now;
    return behindMs === 0
      ? null
      : `the local clock is ${Math.ceil(behindMs / MINUTE_MS)} min behind the one of EDDN's gateway`;
  }
}
