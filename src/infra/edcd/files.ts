import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvHttpProxyAgent, fetch, Response } from 'undici';
import { z } from 'zod';
import { AppError, describeError } from '../../domain/errors.ts';
import { publishFile } from '../publishing/publish.ts';

const REQUEST_TIMEOUT_MS = 30_000;
/** The largest table of 2026 has 100 kB. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;
/** Of rows that are in a table no more. */
const MAX_LOST_ROWS = 5;
/** By which our requests tell who asks. */
export const USER_AGENT = 'tradedangerous-listener';

/**
 * Beside the cached files: where each came from, what the server calls its state, and its digest. (Not undici's cache:
 * what is kept here was found sound, and serves when the source is away or sends something else.)
 */
const VALIDATORS_FILE = 'validators.json';
const validatorsFile = z.record(
  z.string(),
  z.object({
    location: z.string(),
    etag: z.string().nullable(),
    lastModified: z.string().nullable(),
    sha256: z.string(),
  }),
);

/** A table and where it came from. */
interface TableFile {
  /** URL or path. */
  readonly location: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly text: string;
}

/** Which tables are wanted, and the directory that keeps copies of them. */
export interface TableSet {
  readonly cacheDir: string;
  /** File names, e.g. `commodity.csv`. */
  readonly names: readonly string[];
  /** Ids of the sound rows. @throws when the text is not that table */
  readonly idsOf: (name: string, text: string) => ReadonlySet<number>;
}

export interface Refreshed {
  /** In the order of the names. */
  readonly texts: readonly string[];
  /** Whether they differ from what the cache held. */
  readonly changed: boolean;
  /** Why the cache could not be written; the texts are good all the same. */
  readonly cacheProblem: string | null;
}

/** The cached texts, in the order of the names; null unless every one is there, whole and sound. */
export async function readCachedFiles(set: TableSet): Promise<string[] | null> {
  const files = await Promise.all(set.names.map((name) => readCached(set, name)));
  const texts = files.flatMap((file) => file?.text ?? []);
  return texts.length === files.length ? texts : null;
}

/**
 * Asks the source for those of its tables that changed since they were cached, and renews the cache. All or nothing:
 * the cache stays as it is when one of them cannot be had, is not the table it should be, or has lost its rows.
 *
 * @param source base URL or directory
 * @throws AppError, code `edcd`; what `idsOf` throws; the signal's reason
 */
export async function refreshFiles(source: string, set: TableSet, signal: AbortSignal): Promise<Refreshed> {
  const client = /^https?:/i.test(source) ? await openClient() : null;
  const files = new Map<string, TableFile>();
  let changed = false;
  try {
    for (const name of set.names) {
      const cached = await readCached(set, name);
      const file =
        client === null
          ? await readLocal(join(source, name))
          : await download(`${source}/${name}`, cached, client, signal);
      checkRows(set, name, file, cached);
      changed ||= file.text !== cached?.text;
      files.set(name, file);
    }
  } finally {
    await client?.dispatcher.destroy();
  }
  const texts = Array.from(files.values(), ({ text }) => text);
  return { texts, changed, cacheProblem: await writeCache(set.cacheDir, files) };
}

/** EDCD adds rows, and hardly ever takes one away: a table without many it had is cut or damaged. */
function checkRows({ idsOf, cacheDir }: TableSet, name: string, file: TableFile, cached: TableFile | null) {
  const ids = idsOf(name, file.text);
  const before = cached === null ? new Set<number>() : idsOf(name, cached.text);
  const lost = before.difference(ids).size;
  if (lost <= MAX_LOST_ROWS) return;
  throw new AppError('edcd', `${file.location} has lost ${lost} of the ${before.size} rows it had`, {
    advice: `it is taken for damaged, and what was fetched before stays in use; should they really be gone, remove ${join(cacheDir, name)}`,
  });
}

interface Client {
  readonly fetch: typeof fetch;
  readonly dispatcher: EnvHttpProxyAgent;
}

/** Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Who has the tables in a directory does not load the library. */
async function openClient(): Promise<Client> {
  const { EnvHttpProxyAgent: Agent, fetch } = await import('undici');
  return { fetch, dispatcher: new Agent() };
}

async function readLocal(path: string): Promise<TableFile> {
  try {
    return { location: path, etag: null, lastModified: null, text: await readFile(path, 'utf8') };
  } catch (cause) {
    throw new AppError('edcd', `${path} cannot be read: ${describeError(cause)}`, {
      advice: 'edcd_source must be a directory that holds the tables of EDCD FDevIDs',
      cause,
    });
  }
}

async function download(
  url: string,
  cached: TableFile | null,
  { fetch, dispatcher }: Client,
  signal: AbortSignal,
): Promise<TableFile> {
  const known = cached?.location === url ? cached : null;
  try {
    const response = await fetch(url, {
      dispatcher,
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      headers: {
        'user-agent': USER_AGENT,
        ...(known?.etag && { 'if-none-match': known.etag }),
        ...(known?.lastModified && { 'if-modified-since': known.lastModified }),
      },
    });
    if (response.status === 304 && known !== null) return known;
    if (response.status !== 200) throw new Error(`the server answers ${response.status}`);
    const { headers } = response;
    const text = await readText(response);
    return { location: url, etag: headers.get('etag'), lastModified: headers.get('last-modified'), text };
  } catch (error) {
    signal.throwIfAborted();
    throw new AppError('edcd', `${url} cannot be fetched: ${describeFetchError(error)}`, {
      advice: 'what was fetched before stays in use; check the network, the proxy variables and edcd_source',
      cause: error,
    });
  }
}

/** fetch tells what happened in the cause only, and that of a host with several addresses has no text but a code. */
function describeFetchError(error: unknown): string {
  const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  return describeError(cause) || String((cause as NodeJS.ErrnoException).code);
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_FILE_BYTES) throw new Error(`it is larger than ${MAX_FILE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** A missing, half-written or damaged copy is as good as none. */
async function readCached({ cacheDir, idsOf }: TableSet, name: string): Promise<TableFile | null> {
  try {
    const validators = JSON.parse(await readFile(join(cacheDir, VALIDATORS_FILE), 'utf8')) as unknown;
    const known = validatorsFile.parse(validators)[name];
    const text = await readFile(join(cacheDir, name), 'utf8');
    if (known?.sha256 !== sha256(text)) return null;
    idsOf(name, text);
    const { location, etag, lastModified } = known;
    return { location, etag, lastModified, text };
  } catch {
    return null;
  }
}

/** The tables first: validators without their table would be asked about for ever, and never be whole. */
async function writeCache(cacheDir: string, files: ReadonlyMap<string, TableFile>): Promise<string | null> {
  const validators = Array.from(files, ([name, { text, ...facts }]) => [
    name,
    { ...facts, sha256: sha256(text) },
  ]);
  try {
    for (const [name, { text }] of files) await writeWhole(join(cacheDir, name), text);
    await writeWhole(
      join(cacheDir, VALIDATORS_FILE),
      JSON.stringify(Object.fromEntries(validators), null, 2),
    );
    return null;
  } catch (error) {
    return `${cacheDir} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  await publishFile(path, (write) => write(Buffer.from(text)));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
