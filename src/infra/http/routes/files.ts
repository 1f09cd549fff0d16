import { join } from 'node:path';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Log } from '../../../domain/ports/log.ts';
import { Refusal, refuse, refuseForNow, type HttpApp } from '../app.ts';
import { acceptsGzip, evaluateConditions, requestedRange } from '../files/conditions.ts';
import { DELTA_FILE, DELTA_INDEX } from '../../publishing/deltas/names.ts';
import { GzipCache } from '../files/gzip-cache.ts';
import { presentFiles } from '../files/present-files.ts';
import { openPublished } from '../files/published-files.ts';
import { clientLimits } from '../limits.ts';
import { openToAllOrigins } from '../origins.ts';

export interface FileRoutesDeps {
  /** Path by public name: `listings.csv` -> `/srv/export/listings.csv`. Nothing else is served. */
  readonly files: ReadonlyMap<string, string>;
  /** Where deltas are; absent: there are none. */
  readonly deltasDir?: string;
  /** Where compressed twins are kept. */
  readonly gzipDir: string;
  readonly log: Log;
  /** Other daemons serve the same files. */
  readonly isShared?: boolean;
  /** Answers with a file that may be under way. */
  readonly mostAtOnce?: number;
}

/** Not serialized: the bytes go past fastify. */
const Content = z.undefined().meta({ description: 'The file, whole or a range' });

const ANSWERS = {
  200: Content,
  206: Content,
  304: z.undefined(),
  404: Refusal,
  412: Refusal,
  416: Refusal,
  503: Refusal,
};

/** By the end of a name; what is compressed already is sent as it is. */
const TYPES: readonly (readonly [ending: string, type: string, isCompressed: boolean])[] = [
  ['.csv', 'text/csv; charset=utf-8', false],
  ['.json', 'application/json; charset=utf-8', false],
  ['.gz', 'application/gzip', true],
  ['.zst', 'application/zstd', true],
];

export const FileIndex = z.object({
  files: z.array(z.object({ name: z.string(), bytes: z.int(), modified: z.iso.datetime() })),
});

/**
 * `GET|HEAD /files/<name>` as a Trade Dangerous client wants it: validators that hold, lengths that are true, no
 * redirects, nothing empty; `/files/` says what there is.
 */
export function fileRoutes(
  app: HttpApp,
  { files, deltasDir, gzipDir, log, isShared = false, mostAtOnce = clientLimits().files }: FileRoutesDeps,
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
      schema: { params: z.object({ name: z.string() }), response: ANSWERS },
      async handler(request, reply) {
        const { name } = request.params;
        await send(request, reply, name, files.get(name));
        return reply;
      },
    });
    if (deltasDir === undefined) return;
    scope.route({
      method: ['GET', 'HEAD'],
      url: '/deltas/:name?',
      schema: { params: z.object({ name: z.string().optional() }), response: ANSWERS },
      async handler(request, reply) {
        const { name: asked = '' } = request.params;
        const name = asked === '' ? DELTA_INDEX : asked;
        // Of names that are never used again twins would pile up.
        await send(request, reply, name, DELTA_FILE.test(name) ? join(deltasDir, name) : undefined, null);
        return reply;
      },
    });
  });

  async function send(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
    path: string | undefined,
    twins: GzipCache | null = gzip,
  ): Promise<unknown> {
    if (underWay >= mostAtOnce) {
      return refuseForNow(reply, 'too many files are being sent: ask again in a moment');
    }
    underWay += 1;
    reply.raw.once('close', () => (underWay -= 1));
    const [, type = '', isCompressed = true] = TYPES.find(([ending]) => name.endsWith(ending)) ?? [];
    const wantsGzip = acceptsGzip(request.headers);
    const file =
      path === undefined
        ? 'missing'
        : await openPublished(path, name, wantsGzip, isCompressed ? null : twins, isShared);
    if (file === 'missing') return refuse(reply, 404, 'no such published file');
    if (file === 'empty') return refuse(reply.header('retry-after', '60'), 503, 'nothing is published yet');
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
      'content-type': type,
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
  }
}
