import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { describeError } from '../../../domain/errors.ts';
import type { Log } from '../../../domain/ports/log.ts';
import { openRegularFile, versionOf, type RegularFile } from '../../publishing/regular-file.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * Compressed twins of published files, made once a version, one after the other, in a directory that may be emptied at
 * any time. The name carries the version of the file it was made from.
 */
export class GzipCache {
  readonly #dir: string;
  readonly #log: Log;
  readonly #stop = new AbortController();
  /** Being made, or tried in vain. */
  readonly #begun = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(dir: string, log: Log) {
    this.#dir = dir;
    this.#log = log;
  }

  /** @returns null when it is not ready; then it is being made */
  async open(name: string, version: string, source: string): Promise<RegularFile | null> {
    const twin = await openRegularFile(this.#path(name, version)).catch(() => null);
    if (twin === null) this.#prepare(name, version, source);
    return twin;
  }

  /** Ends running work. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  #path(name: string, version: string): string {
    return join(this.#dir, `${name}.${version}.gz`);
  }

  #prepare(name: string, version: string, source: string): void {
    const target = this.#path(name, version);
    if (this.#begun.has(target)) return;
    this.#begun.add(target);
    this.#work = this.#work
      .then(() => this.#compress(name, version, source))
      .then(
        () => void this.#begun.delete(target),
        (error: unknown) => {
          if (this.#stop.signal.aborted) return;
          const text = `${name} is served uncompressed: ${describeError(error)}`;
          this.#log.warn({ file: name, error: describeError(error) }, text);
        },
      );
  }

  async #compress(name: string, version: string, source: string): Promise<void> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    await mkdir(this.#dir, { recursive: true });
    const target = this.#path(name, version);
    const found = await openRegularFile(source);
    if (found === null) return;
    await using input = found.handle;
    if (found.version !== version) return;
    const temp = `${target}.tmp`;
    try {
      const output = await open(temp, 'w');
      await pipeline(
        input.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES }),
        createGzip({ chunkSize: CHUNK_BYTES }),
        output.createWriteStream({ flush: true }),
        { signal },
      );
      if ((await versionOf(input))?.version === version) await rename(temp, target);
    } finally {
      await rm(temp, { force: true });
    }
    for (const old of await readdir(this.#dir)) {
      if (old.startsWith(`${name}.`) && old !== `${name}.${version}.gz`) await rm(join(this.#dir, old));
    }
  }
}
