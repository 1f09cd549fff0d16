import etag from '@fastify/etag';
import type { HttpApp } from './app.ts';
import { hasTag } from './files/conditions.ts';

/**
 * Has the answers of a scope tagged, and nothing sent to whoever has one that says the same. The plugin would look at the
 * first of several tags only, and send nothing for an error.
 */
export async function addTags(scope: HttpApp): Promise<void> {
  await scope.register(etag, { weak: true, replyWith304: false });
  scope.addHook('onSend', (request, reply, payload, done) => {
    const known = request.headers['if-none-match'];
    const tag = reply.getHeader('etag');
    if (reply.statusCode !== 200 || known === undefined || !hasTag(known, String(tag))) {
      done(null, payload);
      return;
    }
    reply.code(304);
    done(null, '');
  });
}
