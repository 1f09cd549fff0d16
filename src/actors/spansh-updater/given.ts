import { AppError } from '../../domain/errors.ts';
import type { GivenDump, ImportHooks, ImportResult } from '../../domain/ports/galaxy/spansh-updater.ts';

/** Who waits for an import: hears how far it is, and ends it by going. */
export type ImportAsker = Pick<ImportHooks, 'onProgress' | 'signal'>;

interface Order {
  readonly dump: GivenDump;
  readonly asker: ImportAsker;
  readonly resolve: (result: ImportResult) => void;
  readonly reject: (error: unknown) => void;
}

/** The dump that somebody has given to be imported, one at a time. */
export class GivenImport {
  #waiting: Order | null = null;
  #isBegun = false;

  /** @throws AppError `busy`; what the import fails of; the signal's reason */
  ask(dump: GivenDump, asker: ImportAsker): Promise<ImportResult> {
    const { signal } = asker;
    signal.throwIfAborted();
    if (this.#waiting !== null || this.#isBegun) {
      throw new AppError('busy', 'the daemon imports a dump for somebody else', {
        advice: 'wait until it has ended',
      });
    }
    return new Promise((resolve, reject) => {
      const order = { dump, asker, resolve, reject };
      this.#waiting = order;
      const withdraw = () => {
        if (this.#waiting !== order) return;
        this.#waiting = null;
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', withdraw, { once: true });
    });
  }

  get isWaiting(): boolean {
    return this.#waiting !== null;
  }

  /**
   * Does what is waited for.
   * @throws what it fails of, which whoever asked hears, too; AppError `aborted`: nobody waits any more
   */
  async run(work: (dump: GivenDump, asker: ImportAsker) => Promise<ImportResult>): Promise<ImportResult> {
    const order = this.#waiting;
    if (order === null) throw new AppError('aborted', 'whoever asked has gone');
    this.#waiting = null;
    this.#isBegun = true;
    try {
      const result = await work(order.dump, order.asker);
      order.resolve(result);
      return result;
    } catch (error) {
      order.reject(error);
      throw error;
    } finally {
      this.#isBegun = false;
    }
  }
}
