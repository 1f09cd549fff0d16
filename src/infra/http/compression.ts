import compress from '@fastify/compress';
import type { HttpApp } from './app.ts';
import { acceptsGzip } from './files/conditions.ts';

/** Answers smaller than this are not compressed. */
const COMPRESSED_FROM_BYTES = 1_024;

/** Has the answers of a scope compressed for whoever takes that; what it reads of `q` is what files are sent by. */
export async function addCompression(scope: HttpApp): Promise<void> {
  scope.addHook('onRequest', ({ headers }, reply, done) => {
    // Of what is not compressed, and not sent again, too.
    void reply.header('vary', 'accept-encoding');
    if (!acceptsGzip(headers)) headers['x-no-compression'] = 'as Accept-Encoding says';
    done();
  });
  await scope.register(compress, { threshold: COMPRESSED_FROM_BYTES, encodings: ['gzip', 'identity'] });
}
