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
const API_PAGES = { '/api/v1/docs': 'the query API, to read and to try' };

export interface HomeRoutesDeps {
  readonly version: string;
  readonly hasApi: boolean;
}

/** `/`: what is there. */
export function homeRoutes(app: HttpApp, { version, hasApi }: HomeRoutesDeps): void {
  app.get('/', { schema: { response: { 200: Home } } }, () => ({
    program: 'tradedangerous-listener',
    version,
    pages: { ...PAGES, ...(hasApi && API_PAGES) },
  }));
}
