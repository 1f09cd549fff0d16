import type { FastifyInstance } from 'fastify';
import { acceptsGzip, isNotModified, requestedRange } from './conditions.ts';
import type { GzipCache } from './gzip-cache.ts';
import { openPublished } from './published-files.ts';

/**
 * `GET|HEAD /files/<name>` as a Trade Dangerous client wants it: validators that hold, lengths that are true, no
 * redirects, nothing empty.
 * @param files path by public name; nothing else is served
 */
export function fileRoute(app: FastifyInstance, files: ReadonlyMap<string, string>, gzip: GzipCache): void {
  app.route<{ Params: { name: string } }>({
    method: ['GET', 'HEAD'],
    url: '/files/:name',
    async handler(request, reply) {
      const { name } = request.params;
      const path = files.get(name);
      const wantsGzip = acceptsGzip(request.headers['accept-encoding']);
      const file = path === undefined ? 'missing' : await openPublished(path, name, wantsGzip, gzip);
      if (file === 'missing') return reply.code(404).send({ error: 'no such published file' });
      if (file === 'empty') {
        return reply.code(503).header('retry-after', '60').send({ error: 'nothing is published yet' });
      }
      void reply.headers({
        etag: file.etag,
        'last-modified': file.lastModified,
        // Kept by caches, and asked for again every time.
        'cache-control': 'no-cache',
        vary: 'Accept-Encoding',
      });
      if (isNotModified(request.headers, file)) {
        await file.close();
        return reply.code(304).send();
      }
      const isHead = request.method === 'HEAD';
      const range = isHead ? null : requestedRange(request.headers, file.size, file);
      if (range === 'unsatisfiable') {
        await file.close();
        void reply.header('content-range', `bytes */${file.size}`);
        return reply.code(416).send({ error: 'no such range' });
      }
      const { start, end } = range ?? { start: 0, end: file.size - 1 };
      if (range !== null) {
        void reply.code(206).header('content-range', `bytes ${start}-${end}/${file.size}`);
      }
      if (file.encoding === 'gzip') void reply.header('content-encoding', 'gzip');
      void reply.headers({
        'content-type': 'text/csv; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'accept-ranges': 'bytes',
        'content-length': end - start + 1,
      });
      if (!isHead) return reply.send(file.read({ start, end }));
      await file.close();
      return reply.send();
    },
  });
}
