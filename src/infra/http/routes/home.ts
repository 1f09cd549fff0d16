import { z } from 'zod';
import type { HttpApp } from '../app.ts';

const Home = z.object({
  program: z.string(),
  version: z.string(),
  /** What is there, by path. */
  pages: z.record(z.string(), z.string()),
});

const PAGES = {
  '/files/': 'the published files',
  '/health': 'whether it is alive',
  '/ready': 'whether it works, and what does not',
  '/status': 'everything there is to know',
  '/metrics': 'figures for Prometheus',
};

export interface HomeRoutesDeps {
  readonly version: string;
}

/** `/`: what is there; with the query API a page for people is there instead. */
export function homeRoutes(app: HttpApp, { version }: HomeRoutesDeps): void {
  app.get('/', { schema: { response: { 200: Home } } }, () => ({
    program: 'tradedangerous-listener',
    version,
    pages: PAGES,
  }));
}
