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
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    // What is sent bit by bit has no tag.
    const isKnown = known !== undefined && typeof tag === 'string' && hasTag(known, tag);
    if (!isRead || reply.statusCode !== 200 || !isKnown) {
      done(null, payload);
      return;
    }
    reply.code(304);
    // Of HEAD nothing is sent anyway, and the length told is what it would be.
    done(null, request.method === 'HEAD' ? payload : null);
  });
}
