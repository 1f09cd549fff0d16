import type { FastifyInstance } from 'fastify';

type App = Pick<FastifyInstance, 'hasRoute' | 'supportedMethods'>;

/** Which methods a path takes. */
export class MethodsByPath {
  readonly #app: App;
  readonly #urls = new Set<string>();
  /** Of many addresses, and seldom needed: made when they are. */
  #patterns: readonly (readonly [pattern: URLPattern, url: string])[] | null = null;

  constructor(app: App) {
    this.#app = app;
  }

  /** @param url as routes have it: `/files/:name`, `/files*` */
  add(url: string): void {
    this.#urls.add(url);
  }

  /** @returns empty: there is no such page. A wildcard makes none: it takes OPTIONS for those that are. */
  at(address: string): string[] {
    this.#patterns ??= Array.from(
      this.#urls,
      (pathname) => [new URLPattern({ pathname }), pathname] as const,
    );
    const pathname = address.split('?', 1).join();
    const found = this.#patterns.flatMap(([pattern, url]) => (pattern.test({ pathname }) ? [url] : []));
    if (found.every((url) => url.endsWith('*'))) return [];
    return this.#app.supportedMethods.filter((method) =>
      found.some((url) => this.#app.hasRoute({ url, method })),
    );
  }
}
