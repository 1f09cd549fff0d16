import type { OutgoingHttpHeaders } from 'node:http';
import type { HttpApp } from '../app.ts';
import { tellProgress, type ProgressDeps } from '../push/progress.ts';

/** How tours and patrols go, as server-sent events: `snapshot`, then `tour` and `patrol`, at last `end` (docs/tours.md). */
export function tourStreamRoutes(app: HttpApp, deps: ProgressDeps): void {
  const ends = new Set<() => void>();
  // Else open streams would hold up the end of the server.
  app.addHook('preClose', (done) => {
    for (const end of ends) end();
    done();
  });

  app.get(
    '/api/v1/tours/stream',
    { exposeHeadRoute: false, config: { requires: 'tours', listens: true } },
    (_request, reply) => {
      const { raw } = reply;
      void reply.hijack();
      raw.writeHead(200, {
        ...(reply.getHeaders() as OutgoingHttpHeaders),
        ...{ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
      });
      const end = tellProgress(raw, deps);
      ends.add(end);
      raw.on('close', () => ends.delete(end));
    },
  );
}
