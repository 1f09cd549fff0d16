import type { Catalogue, Commodity } from '../../domain/market/catalogue.ts';

/** The one catalogue in force; staging and the store read it, only the catalogue's steps replace it. */
export class CatalogueHolder {
  #current: Catalogue | null = null;
  readonly #loaded = Promise.withResolvers<undefined>();
  readonly #refreshed = Promise.withResolvers<undefined>();
  readonly #released = Promise.withResolvers<undefined>();

  /** The cache has been read, whatever it held: a relay is not kept waiting longer. */
  readonly loaded: Promise<undefined> = this.#loaded.promise;
  /**
   * What is parked has been tried once, on the cached catalogue or, without one, after the source was asked: a file
   * waits for that.
   */
  readonly released: Promise<undefined> = this.#released.promise;
  /** The source has been asked once, with whatever result: only then a good that is in no list is unknown. */
  readonly refreshed: Promise<undefined> = this.#refreshed.promise;

  get current(): Catalogue | null {
    return this.#current;
  }

  adopt(commodities: readonly Commodity[]): void {
    this.#current = { version: (this.#current?.version ?? 0) + 1, commodities };
  }

  noteLoaded(): void {
    this.#loaded.resolve(undefined);
  }

  noteRefreshed(): void {
    this.#refreshed.resolve(undefined);
  }

  noteReleased(): void {
    this.#released.resolve(undefined);
  }
}
