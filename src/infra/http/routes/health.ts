import { z } from 'zod';
import type { HttpApp } from '../app.ts';
import { isStranger } from '../asker.ts';

export const About = z.object({ version: z.string(), startedAt: z.iso.datetime(), uptimeS: z.int() });

const Health = About.extend({
  ok: z.boolean(),
  /** Why all is lost. */
  failure: z.string().nullable(),
});
const Readiness = z.object({ ready: z.boolean(), reasons: z.array(z.string()) });

export interface HealthRoutesDeps {
  readonly health: () => z.input<typeof Health>;
  /** Why it is not ready, as `part: what is wrong with it`; empty: it is. */
  readonly notReady: () => readonly string[];
}

/** `/health`: alive; `/ready`: it works. */
export function healthRoutes(app: HttpApp, { health, notReady }: HealthRoutesDeps): void {
  app.get(
    '/health',
    { config: { isVital: true }, schema: { response: { 200: Health, 503: Health } } },
    (request, reply) => {
      const { failure, ...rest } = health();
      const told = failure !== null && isStranger(request) ? 'see the log' : failure;
      void reply.code(rest.ok ? 200 : 503);
      return { ...rest, failure: told };
    },
  );
  app.get(
    '/ready',
    { config: { isVital: true }, schema: { response: { 200: Readiness, 503: Readiness } } },
    (request, reply) => {
      const reasons = notReady();
      const isReady = reasons.length === 0;
      void reply.code(isReady ? 200 : 503);
      return { ready: isReady, reasons: isStranger(request) ? reasons.map(partOf) : [...reasons] };
    },
  );
}

/** `database: unavailable: /srv/td/TradeDangerous.db is locked` -> `database` */
export function partOf(reason: string): string {
  return reason.split(':', 1).join();
}
