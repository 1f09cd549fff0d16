import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError, describeError } from '../../domain/errors.ts';
import { isSameDump, type DumpVersion } from '../../domain/ports/dump.ts';
import type { DownloadProgress } from '../../domain/ports/spansh-updater.ts';
import { ask, header, SourceError, sourceError, type Answer } from './request.ts';

/** `galaxy_stations.json.gz` is a fifth of the plain dump; both have the same content. */
export const SPANSH_URLS = [
  'https://downloads.spansh.co.uk/galaxy_stations.json.gz',
  'https://downloads.spansh.co.uk/galaxy_stations.json',
] as const;

const NAME = 'galaxy_stations.spansh';

/** A {@link DumpVersion} as files keep it. */
export const dumpVersion = z.object({
  source: z.string(),
  etag: z.string().nullable(),
  lastModifiedS: z.number().nullable(),
  size: z.number().nullable(),
});

/**
 * Which dump there is: of the first URL that exists, or of a local file.
 * @throws SourceError, AppError `spansh`; the signal's reason
 */
export async function checkDump(sources: readonly string[], signal: AbortSignal): Promise<DumpVersion> {
  for (const [i, source] of sources.entries()) {
    if (!isUrl(source)) return checkFile(source);
    const isLast = i === sources.length - 1;
    const answer = await ask('HEAD', source, { accept: isLast ? [200] : [200, 404, 410], signal });
    await answer.body.dump();
    if (answer.statusCode === 200) return versionOf(source, answer, header(answer, 'content-length'));
  }
  throw new SourceError('no source of dumps is named');
}

/**
 * Brings a dump to the directory. A download that was broken off goes on where it ended, if the server still has
 * the same dump; a local file stays where it is.
 *
 * @returns path of the whole file, and which dump it is: the server may have a newer one than it said before
 * @throws SourceError; AppError when it cannot be written; the signal's reason
 */
export async function downloadDump(
  version: DumpVersion,
  directory: string,
  onProgress: (progress: DownloadProgress) => void,
  signal: AbortSignal,
): Promise<{ file: string; version: DumpVersion }> {
  if (!isUrl(version.source)) return { file: version.source, version };
  const file = join(directory, NAME);
  const part = `${file}.part`;
  const partVersion = `${part}.json`;
  await onDisk(part, mkdir(directory, { recursive: true }));

  const begun = await readVersion(partVersion);
  const have = begun !== null && isSameDump(begun, version) ? await sizeOf(part) : 0;
  if (have > 0 && have === version.size) return { file: await keep(part, partVersion, file), version };

  const validator = version.etag !== null && !version.etag.startsWith('W/') ? version.etag : null;
  const answer = await ask('GET', version.source, {
    accept: [200, 206, 416],
    signal,
    headers:
      have > 0 && (validator !== null || version.lastModifiedS !== null)
        ? { range: `bytes=${have}-`, 'if-range': validator ?? httpDate(version.lastModifiedS ?? 0) }
        : {},
  });
  const resumes = answer.statusCode === 206 && startOf(answer) === have;
  if (answer.statusCode !== 200 && !resumes) {
    // What is here does not fit what is there.
    await answer.body.dump();
    await rm(part, { force: true });
    throw new SourceError(`${version.source}: the download could not be taken up again, it starts anew`);
  }
  const offset = resumes ? have : 0;
  const length = header(answer, 'content-length');
  const totalBytes = length === null ? null : offset + Number(length);
  const got = resumes
    ? version
    : versionOf(version.source, answer, totalBytes === null ? null : String(totalBytes));
  await onDisk(partVersion, writeFile(partVersion, JSON.stringify(got)));
  await receive(answer, part, offset, (bytes) => onProgress({ bytes, totalBytes }), {
    url: version.source,
    signal,
  });
  const size = await sizeOf(part);
  if (totalBytes !== null && size !== totalBytes) {
    throw new SourceError(`${version.source}: ${size} of ${totalBytes} bytes arrived`);
  }
  return { file: await keep(part, partVersion, file), version: { ...got, size } };
}

/** Removes what {@link downloadDump} brought; a local file of the operator's stays. */
export async function removeDownload(file: string, directory: string): Promise<void> {
  if (file === join(directory, NAME)) await rm(file, { force: true });
}

/** Appends what comes to the part, so that every byte that arrived is kept whatever happens. */
async function receive(
  answer: Answer,
  part: string,
  offset: number,
  onBytes: (bytes: number) => void,
  { url, signal }: { url: string; signal: AbortSignal },
): Promise<void> {
  let bytes = offset;
  const counter = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      onBytes(bytes);
      done(null, chunk);
    },
  });
  const output = createWriteStream(part, { flags: offset > 0 ? 'a' : 'w', flush: true });
  try {
    await pipeline(answer.body, counter, output, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw isDiskError(error) ? diskError(part, error) : sourceError(url, error);
  }
}

async function keep(part: string, partVersion: string, file: string): Promise<string> {
  await onDisk(file, rename(part, file));
  await rm(partVersion, { force: true });
  return file;
}

function versionOf(source: string, answer: Answer, size: string | null): DumpVersion {
  const modifiedMs = Date.parse(header(answer, 'last-modified') ?? '');
  return {
    source,
    etag: header(answer, 'etag'),
    lastModifiedS: Number.isNaN(modifiedMs) ? null : Math.floor(modifiedMs / 1000),
    size: size === null ? null : Number(size),
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

/** `bytes 100-199/200` -> 100. */
function startOf(answer: Answer): number | null {
  const [, start] = /^bytes (\d+)-/.exec(header(answer, 'content-range') ?? '') ?? [];
  return start === undefined ? null : Number(start);
}

function httpDate(timeS: number): string {
  return new Date(timeS * 1000).toUTCString();
}

export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

function isDiskError(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EISDIR', 'ENOENT'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
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
