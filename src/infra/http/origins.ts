import cors from '@fastify/cors';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { refuseUnknown, type HttpApp, type Routes } from './app.ts';

const ONE_DAY_S = 86_400;

/**
 * Adds routes under a prefix that pages of any origin may read. For what is public only: whatever lies on the loopback
 * and tells more to its own machine than to strangers would tell it to every page a browser there opens.
 */
export function openToAllOrigins(app: HttpApp, prefix: string, add: Routes): void {
  void app.register(
    async (scope) => {
      await scope.register(cors, {
        origin: '*',
        methods: ['GET', 'HEAD'],
        exposedHeaders: ['ETag', 'Content-Range', 'Content-Length', 'Retry-After', 'Replica-Lag-S'],
        maxAge: ONE_DAY_S,
        strictPreflight: false,
      });
      // Else a page would be told nothing of a mistaken address: browsers keep answers from it that do not name it.
      scope.setNotFoundHandler(refuseUnknown);
      await add(scope.withTypeProvider<ZodTypeProvider>());
    },
    { prefix },
  );
}
