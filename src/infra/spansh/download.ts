import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError, describeError } from '../../domain/errors.ts';
import { isSameDump, type DumpVersion } from '../../domain/ports/galaxy/dump.ts';
import type { DownloadProgress } from '../../domain/ports/galaxy/spansh-updater.ts';
import { noRoom, roomIn } from '../web/disk-room.ts';
import {
  ask,
  checkClock,
  hangUp,
  header,
  lengthOf,
  secondsOf,
  SourceError,
  sourceError,
  type Answer,
} from '../web/request.ts';

/** `galaxy_stations.json.gz` is a fifth of the plain dump; both have the same content. */
export const SPANSH_URLS = [
  'https://downloads.spansh.co.uk/galaxy_stations.json.gz',
  'https://downloads.spansh.co.uk/galaxy_stations.json',
] as const;

const NAME = 'galaxy_stations.spansh';

/** The plain dump of 2026 has some 25 GB; what goes on for longer would only fill the disk. */
const MAX_BYTES = 64 * 1024 ** 3;

/** A server that sends less in this time than that is given up: at this pace the next dump is there before this one. */
const PACE_MS = 60_000;
const MIN_BYTES_AT_PACE = 1024 * 1024;

/** How often it is looked whether the disk has room, bytes. */
const ROOM_STEP_BYTES = 1024 * 1024;

/** A {@link DumpVersion} as files keep it. */
export const dumpVersion = z.object({
  source: z.string(),
  etag: z.string().nullable(),
  lastModifiedS: z.number().nullable(),
  size: z.number().nullable(),
});

/**
 * Which dump there is: of the first URL that exists, or of a local file.
 * @param maxClockSkewS how far ahead of the local clock the server and its dump may be
 * @throws SourceError, AppError `spansh`; the signal's reason
 */
export async function checkDump(
  sources: readonly string[],
  signal: AbortSignal,
  maxClockSkewS: number,
): Promise<DumpVersion> {
  for (const [i, source] of sources.entries()) {
    if (!isUrl(source)) return checkFile(source);
    const isLast = i === sources.length - 1;
    const answer = await ask('HEAD', source, { accept: isLast ? [200] : [200, 404, 410], signal });
    await answer.body.dump();
    if (answer.statusCode !== 200) continue;
    checkClock(source, answer, maxClockSkewS);
    return versionOf(source, answer, lengthOf(answer));
  }
  throw new SourceError('no source of dumps is named');
}

/**
 * Brings a dump to the directory. A download that was broken off goes on where it ended, if the server still has
 * the same dump; a local file stays where it is. What does not fit beside the reserve of the disk is not begun, and
 * what has been brought of it is removed, for others need the room.
 *
 * @returns path of the whole file, and which dump it is: the server may have a newer one than it said before. Its size
 * is null when the server did not tell: then it may be cut
 * @throws SourceError; AppError when it cannot be written; the signal's reason
 */
export async function downloadDump(
  version: DumpVersion,
  directory: string,
  onProgress: (progress: DownloadProgress) => void,
  signal: AbortSignal,
  { maxBytes = MAX_BYTES, paceMs = PACE_MS } = {},
): Promise<{ file: string; version: DumpVersion }> {
  if (!isUrl(version.source)) return { file: version.source, version };
  const file = join(directory, NAME);
  const part = `${file}.part`;
  const partVersion = `${part}.json`;
  await onDisk(part, mkdir(directory, { recursive: true }));

  const begun = await readVersion(partVersion);
  const have = begun !== null && isSameDump(begun, version) ? await sizeOf(part) : 0;
  if (have > 0 && have === version.size) return { file: await keep(part, partVersion, file), version };

  const makeSureItFits = async (totalBytes: number | null) => {
    const room = await onDisk(part, roomIn(directory));
    // What is in the part either stays, or makes room.
    if (room.bytes + (await sizeOf(part)) > (totalBytes ?? 0)) return;
    await rm(part, { force: true });
    throw noRoom(directory, totalBytes, room);
  };
  await makeSureItFits(version.size);
  const resumed = have > 0 ? await resume(version, have, signal) : null;
  const answer = resumed ?? (await ask('GET', version.source, { accept: [200], signal }));
  const resumes = answer.statusCode === 206;
  const offset = resumes ? have : 0;
  const got = resumes ? version : newVersion(version, answer);
  const totalBytes = got.size;
  const tooLarge = () =>
    new SourceError(`${version.source}: the dump is larger than ${maxBytes} bytes, which no dump is`);
  if (totalBytes !== null && totalBytes > maxBytes) {
    hangUp(answer);
    throw tooLarge();
  }
  try {
    await makeSureItFits(totalBytes);
    await onDisk(partVersion, writeFile(partVersion, JSON.stringify(got)));
  } catch (error) {
    hangUp(answer);
    throw error;
  }
  let looked = offset;
  await receive(answer, part, offset, {
    url: version.source,
    signal,
    paceMs,
    async onBytes(bytes) {
      if (bytes > maxBytes) throw tooLarge();
      onProgress({ bytes, totalBytes });
      if (bytes - looked < ROOM_STEP_BYTES) return;
      looked = bytes;
      const room = await roomIn(directory);
      if (room.bytes < 0) throw noRoom(directory, totalBytes, room);
    },
  });
  const size = await sizeOf(part);
  if (totalBytes !== null && size !== totalBytes) {
    // What is too much is not ours, and more of it will not help.
    if (size > totalBytes) await rm(part, { force: true });
    throw new SourceError(`${version.source}: ${size} of ${totalBytes} bytes arrived`);
  }
  return { file: await keep(part, partVersion, file), version: got };
}

/**
 * Asks for the rest of a dump. Not every server that knows ranges knows `If-Range`: the rest is only taken when all
 * it says of itself is what the beginning said.
 * @returns the rest (206) or the whole (200); null when what comes is of no use
 */
async function resume(version: DumpVersion, have: number, signal: AbortSignal): Promise<Answer | null> {
  const { source, etag, lastModifiedS, size } = version;
  const validator =
    etag !== null && !etag.startsWith('W/') ? etag : lastModifiedS === null ? null : httpDate(lastModifiedS);
  if (validator === null) return null;
  const answer = await ask('GET', source, {
    accept: [200, 206, 416],
    signal,
    headers: { range: `bytes=${have}-`, 'if-range': validator },
  });
  if (answer.statusCode === 200) return answer;
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(header(answer, 'content-range') ?? '') ?? [];
  const modifiedS = secondsOf(header(answer, 'last-modified'));
  if (
    answer.statusCode === 206 &&
    Number(start) === have &&
    Number(total) === size &&
    header(answer, 'etag') === etag &&
    // It may be left out beside an ETag.
    (modifiedS === lastModifiedS || (modifiedS === null && etag !== null))
  ) {
    return answer;
  }
  hangUp(answer);
  return null;
}

/** Of a whole body; its length may have been told before only. */
function newVersion(asked: DumpVersion, answer: Answer): DumpVersion {
  const got = versionOf(asked.source, answer, lengthOf(answer));
  const isAsked = got.size === null && isSameDump({ ...got, size: asked.size }, asked);
  return isAsked ? { ...got, size: asked.size } : got;
}

/** Removes what {@link downloadDump} brought; a local file of the operator's stays. */
export async function removeDownload(file: string, directory: string): Promise<void> {
  if (file === join(directory, NAME)) await rm(file, { force: true });
}

/** Appends what comes to the part, so that what arrived is kept when the connection breaks. */
async function receive(
  answer: Answer,
  part: string,
  offset: number,
  {
    url,
    signal,
    paceMs,
    onBytes,
  }: { url: string; signal: AbortSignal; paceMs: number; onBytes: (bytes: number) => Promise<void> },
): Promise<void> {
  let bytes = offset;
  const counter = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      onBytes(bytes).then(() => done(null, chunk), done);
    },
  });
  const tooSlow = new AbortController();
  let before = offset;
  const pace = setInterval(() => {
    if (bytes - before < MIN_BYTES_AT_PACE)
      tooSlow.abort(new SourceError(`${url} sends less than 1 MiB in ${paceMs / 1000} s`));
    before = bytes;
  }, paceMs);
  const output = createWriteStream(part, { flags: offset > 0 ? 'a' : 'w', flush: true });
  try {
    await pipeline(answer.body, counter, output, { signal: AbortSignal.any([signal, tooSlow.signal]) });
  } catch (error) {
    signal.throwIfAborted();
    tooSlow.signal.throwIfAborted();
    // Refused: none of it is wanted. And what has filled the disk would do so again.
    if (error instanceof AppError || isFull(error)) await rm(part, { force: true });
    if (error instanceof AppError) throw error;
    throw isDiskError(error) ? diskError(part, error) : sourceError(url, error);
  } finally {
    clearInterval(pace);
  }
}

async function keep(part: string, partVersion: string, file: string): Promise<string> {
  await onDisk(file, rename(part, file));
  await rm(partVersion, { force: true });
  return file;
}

function versionOf(source: string, answer: Answer, size: number | null): DumpVersion {
  return {
    source,
    etag: header(answer, 'etag'),
    lastModifiedS: secondsOf(header(answer, 'last-modified')),
    size,
  };
}

async function checkFile(path: string): Promise<DumpVersion> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { source: path, etag: null, lastModifiedS: Math.floor(mtimeMs / 1000), size };
  } catch (cause) {
    throw new AppError('spansh', `${path} cannot be read: ${describeError(cause)}`, {
      advice: 'spansh_url must be null, an http(s) address or the path of a dump',
      cause,
    });
  }
}

async function readVersion(path: string): Promise<DumpVersion | null> {
  try {
    return dumpVersion.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Absent or half written: then the part is of no use either.
    return null;
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function httpDate(timeS: number): string {
  return new Date(timeS * 1000).toUTCString();
}

export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function isDiskError(error: unknown): boolean {
  return (
    isFull(error) ||
    ['EROFS', 'EACCES', 'EPERM', 'EIO', 'EISDIR', 'ENOENT'].includes(
      (error as NodeJS.ErrnoException).code ?? '',
    )
  );
}

function diskError(path: string, cause: unknown): AppError {
  return new AppError('spansh', `${path} cannot be written: ${describeError(cause)}`, {
    advice: 'the dump has some 4 GB: free space in the tmp directory, or set TD_TMP to another one',
    cause,
  });
}

async function onDisk<T>(path: string, work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw diskError(path, cause);
  });
}
