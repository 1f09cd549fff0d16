import { Galaxy } from '../../../../../domain/galaxy/galaxy.ts';
import type { QueryStatus } from '../../../../../domain/ports/store/queries.ts';
import type { QueryReader } from '../reader.ts';
import { ifThere } from './if-there.ts';
import { loadGalaxy, refreshStations } from './load-galaxy.ts';
import { LogNews } from './log-news.ts';
import { QuotesCache } from './quotes-cache.ts';

interface Model {
  readonly galaxy: Galaxy;
  readonly quotes: QuotesCache;
}

/** What is kept in memory to find things by: read when it is first asked for, and kept up to date by what is told. */
export class MemoryModel {
  readonly #reader: QueryReader;
  readonly #news: LogNews | null;
  #model: Promise<Model> | undefined;
  /** Markets written since they were read. */
  readonly #changed = new Set<number>();
  #refreshing: Promise<void> = Promise.resolve();

  /** @param followsLog others write, and nobody tells what */
  constructor(reader: QueryReader, followsLog: boolean) {
    this.#reader = reader;
    this.#news = followsLog ? new LogNews(reader) : null;
  }

  /** Read again before the next question that needs them. */
  noteChanged(marketIds: readonly number[]): void {
    // The log tells of these, too.
    if (this.#news?.isThere === true) this.#news.expect();
    else this.#willRead(marketIds);
  }

  noteAllChanged(): void {
    this.#model = undefined;
    this.#changed.clear();
  }

  /** With what was written until now. */
  async current(): Promise<Model> {
    const news = (await this.#news?.changed()) ?? [];
    if (news === 'all') this.noteAllChanged();
    else this.#willRead(news);
    this.#model ??= this.#load();
    const loading = this.#model;
    try {
      const model = await loading;
      // One after the other: who asks while another reads what has changed waits for it.
      await (this.#refreshing = this.#refreshing.then(() => this.#refresh(model)));
      return model;
    } catch (error) {
      if (this.#model === loading) this.noteAllChanged();
      this.#refreshing = Promise.resolve();
      throw error;
    }
  }

  /** @returns null: it was not asked for yet */
  async status(): Promise<QueryStatus | null> {
    const model = this.#model === undefined ? null : await ifThere(this.#model);
    if (model === null) return null;
    const { galaxy, quotes } = model;
    return {
      systems: galaxy.systemCount,
      stations: galaxy.stationCount,
      markets: galaxy.marketCount,
      goods: quotes.size,
      bytes: galaxy.bytes + (await quotes.bytes()),
    };
  }

  #willRead(stationIds: readonly number[]): void {
    if (this.#model !== undefined) for (const id of stationIds) this.#changed.add(id);
  }

  async #refresh({ galaxy, quotes }: Model): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    await refreshStations(this.#reader, galaxy, changed);
    await quotes.refresh(changed);
  }

  async #load(): Promise<Model> {
    const galaxy = new Galaxy();
    await loadGalaxy(this.#reader, galaxy);
    return { galaxy, quotes: new QuotesCache(this.#reader, galaxy) };
  }
}
