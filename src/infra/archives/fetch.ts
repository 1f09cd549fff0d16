import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, describeError } from '../../domain/errors.ts';
import { noRoom, roomIn } from '../web/disk-room.ts';
import { ask, hangUp, header, lengthOf, SourceError, type Answer } from '../web/request.ts';

/** What a server says of an archive. */
export type Found =
  /** Not there, or not yet: today's is made after midnight. */
  | { readonly state: 'absent' }
  /** As it was the last time. */
  | { readonly state: 'unchanged' }
  /** @property lastModified as the server writes it; null: not told */
  | { readonly state: 'there'; readonly bytes: number | null; readonly lastModified: string | null };

const ANSWERS = { accept: [200, 304, 404] } as const;

/**
 * Asks for an archive without fetching it.
 * @param since its `Last-Modified` when it was had before
 */
export async function lookForArchive(url: string, since: string | null, signal: AbortSignal): Promise<Found> {
  return polite(url, async () => {
    const answer = await ask('HEAD', url, { ...ANSWERS, signal, headers: condition(since) });
    await answer.body.dump();
    return foundBy(answer);
  });
}

/**
 * Brings an archive to a file.
 * @throws AppError `archive` when it cannot be fetched, or only in part; the signal's reason
 */
export async function fetchArchive(
  url: string,
  file: string,
  since: string | null,
  signal: AbortSignal,
): Promise<Found> {
  return polite(url, async () => {
    const answer = await ask('GET', url, { ...ANSWERS, signal, headers: condition(since) });
    const found = foundBy(answer);
    if (found.state !== 'there') {
      hangUp(answer);
      return found;
    }
    const directory = dirname(file);
    await mkdir(directory, { recursive: true });
    const room = await roomIn(directory);
    if ((found.bytes ?? 0) > room.bytes) {
      hangUp(answer);
      throw noRoom(directory, found.bytes, room, 'the archive');
    }
    try {
      await pipeline(answer.body, createWriteStream(file), { signal });
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    return found;
  });
}

/** A stop in between looks like a failed request: the caller knows better. */
async function polite<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    // What has advice of its own.
    if (cause instanceof AppError && !(cause instanceof SourceError)) throw cause;
    const message = cause instanceof SourceError ? cause.message : `${url}: ${describeError(cause)}`;
    throw new AppError('archive', message, {
      advice: 'what was replayed so far is kept: the same command goes on; check the network and archive_url',
      cause,
    });
  }
}

function condition(since: string | null): Readonly<Record<string, string>> {
  return since === null || since === '' ? {} : { 'if-modified-since': since };
}

function foundBy(answer: Answer): Found {
  if (answer.statusCode === 404) return { state: 'absent' };
  if (answer.statusCode === 304) return { state: 'unchanged' };
  return { state: 'there', bytes: lengthOf(answer), lastModified: header(answer, 'last-modified') };
}
