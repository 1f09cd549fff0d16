import { lstatSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { Log } from '../../../domain/ports/log.ts';
import { Refusal, refuse, refuseForNow, type HttpApp } from '../app.ts';
import { acceptsGzip, evaluateConditions, requestedRange } from '../files/conditions.ts';
import { GzipCache } from '../files/gzip-cache.ts';
import { openPublished } from '../files/published-files.ts';
import { clientLimits } from '../limits.ts';
import { openToAllOrigins } from '../origins.ts';

export interface FileRoutesDeps {
  /** Path by public name: `listings.csv` -> `/srv/export/listings.csv`. Nothing else is served. */
  readonly files: ReadonlyMap<string, string>;
  /** Where compressed twins are kept. */
  readonly gzipDir: string;
  readonly log: Log;
  /** Answers with a file that may be under way. */
  readonly mostAtOnce?: number;
}

/** Not serialized: the bytes go past fastify. */
const Csv = z.undefined().meta({ description: 'CSV, whole or a range' });

export const FileIndex = z.object({
  files: z.array(z.object({ name: z.string(), bytes: z.int(), modified: z.iso.datetime() })),
});

/**
 * `GET|HEAD /files/<name>` as a Trade Dangerous client wants it: validators that hold, lengths that are true, no
 * redirects, nothing empty; `/files/` says what there is.
 */
export function fileRoutes(
  app: HttpApp,
  { files, gzipDir, log, mostAtOnce = clientLimits().files }: FileRoutesDeps,
): void {
  let underWay = 0;
  const gzip = new GzipCache(gzipDir, log);
  app.addHook('onClose', () => gzip.close());
  openToAllOrigins(app, '/files', (scope) => {
    scope.get('/', { schema: { response: { 200: FileIndex } } }, () => ({
      files: presentFiles(files),
    }));
    scope.route({
      method: ['GET', 'HEAD'],
      url: '/:name',
      schema: {
        params: z.object({ name: z.string() }),
        response: {
          200: Csv,
          206: Csv,
          304: z.undefined(),
          404: Refusal,
          412: Refusal,
          416: Refusal,
          503: Refusal,
        },
      },
      async handler(request, reply) {
        const { name } = request.params;
        const path = files.get(name);
        if (underWay >= mostAtOnce) {
          return refuseForNow(reply, 'too many files are being sent: ask again in a moment');
        }
        underWay += 1;
        reply.raw.once('close', () => (underWay -= 1));
        const wantsGzip = acceptsGzip(request.headers);
        const file = path === undefined ? 'missing' : await openPublished(path, name, wantsGzip, gzip);
        if (file === 'missing') return refuse(reply, 404, 'no such published file');
        if (file === 'empty')
          return refuse(reply.header('retry-after', '60'), 503, 'nothing is published yet');
        const verdict = evaluateConditions(request.headers, file);
        if (verdict === 'failed') {
          await file.close();
          return refuse(reply, 412, 'the file has another version');
        }
        void reply.headers({
          etag: file.etag,
          'last-modified': file.lastModified,
          // Kept by caches, and asked for again every time.
          'cache-control': 'no-cache',
          vary: 'Accept-Encoding',
        });
        if (verdict === 'notModified') {
          await file.close();
          return reply.code(304).send(undefined);
        }
        const isHead = request.method === 'HEAD';
        const range = isHead ? null : requestedRange(request.headers, file.size, file);
        if (range === 'unsatisfiable') {
          await file.close();
          return refuse(reply.header('content-range', `bytes */${file.size}`), 416, 'no such range');
        }
        const { start, end } = range ?? { start: 0, end: file.size - 1 };
        if (range !== null) {
          void reply.code(206).header('content-range', `bytes ${start}-${end}/${file.size}`);
        }
        if (file.encoding === 'gzip') void reply.header('content-encoding', 'gzip');
        void reply.headers({
          'content-type': 'text/csv; charset=utf-8',
          'accept-ranges': 'bytes',
          'content-length': end - start + 1,
        });
        if (!isHead) {
          reply.hijack();
          reply.raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders);
          await file.send({ start, end }, reply.raw);
          return reply;
        }
        await file.close();
        return reply.send(undefined);
      },
    });
  });
}

/** The files that are there, as they are now. */
export function presentFiles(files: ReadonlyMap<string, string>): z.input<typeof FileIndex>['files'] {
  return [...files].flatMap(([name, path]) => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isFile() === true ? [{ name, bytes: stats.size, modified: stats.mtime.toISOString() }] : [];
  });
}
