import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyError, FastifyReply } from 'fastify';
import { ReceivedLines, SentLineError } from '../../../domain/colonisation/reading/read-sent.ts';
import type { JournalInbox } from '../../../domain/ports/commanders/journal-inbox.ts';
import { refuse, type HttpApp } from '../app.ts';

export interface JournalDeps {
  readonly inbox: JournalInbox;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How far a line may be ahead of that. */
  readonly maxClockSkewS: number;
}

/** As it is sent, and when it is inflated. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_TEXT_BYTES = 4 * MAX_BYTES;
const TOO_LARGE = 'too large: send it in parts of 16 MB of lines at most, gzip makes 4 MB of them';
const RETRY_AFTER_S = '5';
/** Lines that are read before others have their turn. */
const AT_ONCE = 500;

const inflate = promisify(gunzip);

/** Journals that others send. */
export function journalRoutes(app: HttpApp, { inbox, now, maxClockSkewS }: JournalDeps): void {
  const sending = new Set<string>();

  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BYTES }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.setErrorHandler<FastifyError>((error, _request, reply) => {
      if (error.statusCode === 413) return refuse(reply, 413, TOO_LARGE);
      throw error;
    });
    // Before the body comes: so nobody fills the memory.
    scope.addHook('onRequest', async ({ tokenName }, reply) => {
      const name = tokenName ?? '';
      if (sending.has(name)) {
        const why = `${name} is sending already: one part after the other`;
        return refuse(reply.header('retry-after', RETRY_AFTER_S), 429, why);
      }
      sending.add(name);
      reply.raw.once('close', () => sending.delete(name));
      return undefined;
    });

    scope.post('/api/v1/journal', { config: { requires: 'journal' } }, async (request, reply) => {
      const { body, headers, tokenName } = request;
      const text = await textOf(body, headers['content-encoding']?.toLowerCase(), reply);
      if (text === null) return reply;
      const received = new ReceivedLines(now() / 1000 + maxClockSkewS);
      try {
        for (const [at, line] of text.split('\n').entries()) {
          received.take(line);
          if (at % AT_ONCE === 0) await breathe();
        }
      } catch (error) {
        if (error instanceof SentLineError) return refuse(reply, 400, error.message);
        throw error;
      }
      const { lines, read, findings } = received;
      if (!(await inbox.receive(tokenName ?? '', read, findings))) {
        const why = 'it cannot be written to the database now: send it again';
        return refuse(reply.header('retry-after', RETRY_AFTER_S), 503, why);
      }
      return { lines, read };
    });
    done();
  });
}

/** Null: refused. */
async function textOf(
  body: unknown,
  encoding: string | undefined,
  reply: FastifyReply,
): Promise<string | null> {
  const refused = (status: number, why: string) => {
    refuse(reply, status, why);
    return null;
  };
  if (!Buffer.isBuffer(body) || body.length === 0) {
    return refused(400, 'send lines of a journal, each a JSON object');
  }
  if (encoding === undefined || encoding === 'identity') return body.toString();
  if (encoding !== 'gzip')
    return refused(415, `${encoding} is not understood: send gzip, or the plain lines`);
  try {
    return (await inflate(body, { maxOutputLength: MAX_TEXT_BYTES })).toString();
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLarge ? refused(413, TOO_LARGE) : refused(400, 'this is no gzip, or not all of it');
  }
}
