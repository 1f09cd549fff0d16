import { hash } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Scope } from '../../../domain/access.ts';
import { asker } from '../../threads/asker.ts';
import type { HttpApp } from '../app.ts';
import { ApiError } from './errors.ts';

/** A question of the API: what it takes, what it answers, and how it is answered. */
export interface Endpoint<
  Path extends z.ZodObject,
  Query extends z.ZodObject,
  Answer extends z.ZodType<object, object>,
> {
  /** Below the API's address, parameters in braces: `/markets/{marketId}`. */
  readonly path: string;
  readonly summary: string;
  /** A paragraph for the documentation. */
  readonly description?: string;
  /** Parameters in the path. */
  readonly params: Path;
  readonly query: Query;
  readonly answer: Answer;
  /** How long a cache may give the answer without asking again. */
  readonly maxAgeS: number;
  /** Only whoever has a token with this scope is answered; undefined: anybody. */
  readonly requires?: Scope | undefined;
  /** It waits for something to tell. */
  readonly listens?: true;
  /** A search of its own, which shares nothing with others: it ends when whoever asks is gone. */
  readonly searches?: true;
  readonly handle: (request: {
    readonly params: z.output<Path>;
    readonly query: z.output<Query>;
  }) => Promise<z.input<Answer>>;
}

/** A question whose answer is a file. */
export interface BytesEndpoint<Path extends z.ZodObject, Query extends z.ZodObject> extends Omit<
  Endpoint<Path, Query, z.ZodObject>,
  'answer' | 'listens' | 'searches' | 'handle'
> {
  /** Media type. */
  readonly type: string;
  readonly handle: (request: {
    readonly params: z.output<Path>;
    readonly query: z.output<Query>;
    readonly headers: IncomingHttpHeaders;
  }) => Promise<{ readonly bytes: Buffer; readonly etag: string; readonly encoding?: 'gzip' }>;
}

/** What the documentation tells of an endpoint. */
export type DescribedEndpoint = Pick<
  Endpoint<z.ZodObject, z.ZodObject, z.ZodObject>,
  'path' | 'summary' | 'description' | 'params' | 'query' | 'requires'
> &
  ({ readonly answer: z.ZodType } | { readonly type: string });

export const NO_PARAMS = z.strictObject({});

/** Serves endpoints, and knows them for the documentation. */
export class Api {
  readonly #app: HttpApp;
  readonly #described: DescribedEndpoint[];

  /** @param described where the documentation finds them */
  constructor(app: HttpApp, described: DescribedEndpoint[]) {
    this.#app = app;
    this.#described = described;
  }

  /**
   * Parameters that make no sense, and ones nobody knows, are a 400 that says which; an answer is typed by its schema,
   * and tests hold it against it.
   */
  get<Path extends z.ZodObject, Query extends z.ZodObject, Answer extends z.ZodType<object, object>>(
    endpoint: Endpoint<Path, Query, Answer>,
  ): void {
    const { path, params, query, maxAgeS, requires, listens, searches, handle } = endpoint;
    const config = { ...(listens && { listens }), ...(requires && { requires }) };
    const cached = requires === undefined ? 'public' : 'private';
    this.#described.push(endpoint);
    this.#app.get(fastifyPath(path), { config }, async (request, reply) => {
      const asked = { params: parse(params, request.params), query: parse(query, said(request.query)) };
      const found = await (searches === true ? whileThere(reply.raw, () => handle(asked)) : handle(asked));
      const json = JSON.stringify(found);
      return reply
        .type('application/json; charset=utf-8')
        .headers({ etag: tagOf(json, found), 'cache-control': `${cached}, max-age=${maxAgeS}` })
        .send(json);
    });
  }

  /** The same for a file. */
  getBytes<Path extends z.ZodObject, Query extends z.ZodObject>(endpoint: BytesEndpoint<Path, Query>): void {
    const { path, params, query, maxAgeS, type, handle } = endpoint;
    this.#described.push(endpoint);
    this.#app.get(fastifyPath(path), async (request, reply) => {
      const { headers } = request;
      const { bytes, etag, encoding } = await handle({
        params: parse(params, request.params),
        query: parse(query, said(request.query)),
        headers,
      });
      if (encoding !== undefined) void reply.header('content-encoding', encoding);
      return reply
        .type(type)
        .headers({ etag, vary: 'accept-encoding', 'cache-control': `public, max-age=${maxAgeS}` })
        .send(bytes);
    });
  }
}

/** `marketAgeS` and the like. */
const AGES = /geS":(\d+)/g;
const STEPS_A_DOUBLING = 8;

/**
 * The tag of what an answer says, whatever its moment. Ages count in steps of a tenth of themselves: who keeps an answer
 * for as long as its tag is good sees none that is further off.
 */
function tagOf(json: string, { at }: { readonly at?: unknown }): string {
  const said = json
    .replace(`"at":${JSON.stringify(at)}`, '')
    .replaceAll(AGES, (_, ageS) => `~${Math.floor(Math.log2(Number(ageS) + 1) * STEPS_A_DOUBLING)}`);
  return `W/"${hash('sha1', said, 'base64url')}"`;
}

/** Does it for whoever waits for this answer: what he alone waits for ends when he is gone. */
export function whileThere<T>(raw: ServerResponse, work: () => T): T {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  return asker.run(gone.signal, work);
}

function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** @throws ApiError where one is empty, which would count as 0 */
function said(query: unknown): unknown {
  const empty = Object.entries(query as object).filter(([, value]) => String(value).trim() === '');
  if (empty.length === 0) return query;
  throw new ApiError(400, `${empty.map(([name]) => name).join(', ')}: say something, or leave it out`);
}

/** @throws ApiError that says which parameters make no sense */
export function parse<Schema extends z.ZodObject>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(schema.shape).join(', ');
      return `no such parameter: ${issue.keys.join(', ')} (there are ${known === '' ? 'none' : known})`;
    }
    return `${issue.path.join('.')}: ${issue.message}`;
  });
  throw new ApiError(400, problems.join('; '));
}
