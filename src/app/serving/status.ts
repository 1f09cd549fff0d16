import { describeError } from '../../domain/errors.ts';
import type { Queries } from '../../domain/ports/store/queries.ts';
import type { Metric } from '../../infra/http/routes/exposition.ts';
import { buildInfo, gaugeOf, listening, readiness } from '../http/metrics.ts';
import type { Health } from '../http/telling.ts';

/** Between two looks whether the database answers. */
const LOOK_MS = 2_000;

export interface ServingStatusDeps {
  readonly queries: Pick<Queries, 'changesSince' | 'replicaLag'>;
  readonly listeners: () => number;
  readonly version: string;
}

/** How a process is that only serves. */
export class ServingStatus {
  readonly #deps: ServingStatusDeps;
  readonly #startedAtMs = Date.now();
  #phase: 'starting' | 'running' | 'stopping' = 'starting';
  #trouble: string | null = 'not asked yet';
  #seq: number | null = null;
  /** Null: unknown, or no replica is read. */
  #lagS: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: ServingStatusDeps) {
    this.#deps = deps;
    void this.#look();
  }

  get phase() {
    return this.#phase;
  }

  stopping(): void {
    this.#phase = 'stopping';
  }

  readonly health = (): Health => ({
    ...{ ok: true, failure: null, version: this.#deps.version },
    startedAt: new Date(this.#startedAtMs).toISOString(),
    uptimeS: Math.round((Date.now() - this.#startedAtMs) / 1_000),
  });

  readonly notReady = (): string[] => (this.#trouble === null ? [] : [`database: ${this.#trouble}`]);

  readonly metrics = (): Metric[] => {
    const known = (name: string, help: string, value: number | null) =>
      gaugeOf(name, help, value === null ? [] : [{ labels: {}, value }]);
    return [
      buildInfo(this.#deps.version),
      readiness(this.#trouble === null),
      listening(this.#deps.listeners()),
      known('change_seq', 'Newest entry of the change log that can be read here', this.#seq),
      known('replica_lag_seconds', 'How far what is read may be behind what is written', this.#lagS),
    ];
  };

  close(): void {
    this.#phase = 'stopping';
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { queries } = this.#deps;
    try {
      const page = await queries.changesSince(0, 1);
      this.#seq = page?.lastSeq ?? null;
      this.#lagS = (await queries.replicaLag())?.lagS ?? null;
      this.#trouble = null;
    } catch (error) {
      this.#trouble = describeError(error);
    }
    if (this.#phase === 'starting' && this.#trouble === null) this.#phase = 'running';
    if (this.#phase !== 'stopping') this.#timer = setTimeout(() => void this.#look(), LOOK_MS).unref();
  }
}
