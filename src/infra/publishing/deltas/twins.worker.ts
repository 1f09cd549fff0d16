import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import type { Twin } from '../../../domain/deltas/deltas.ts';
import type { StagedFile } from '../../../domain/ports/publishing/publishing.ts';
import { threadModule, type CallContext } from '../../threads/rpc.ts';
import { stageFile } from '../publish.ts';

export interface TwinsRequest {
  /** Path of the text. */
  readonly source: string;
  /** Paths that end with `.gz` or `.zst`. */
  readonly targets: readonly string[];
}

export interface StagedTwins {
  readonly text: { readonly bytes: number; readonly sha256: string };
  readonly files: readonly Twin[];
}

const READ_BYTES = 256 * 1024;

/** Smaller than gzip's best, in less time. A hash a frame lets readers notice a damaged file. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 9, [constants.ZSTD_c_checksumFlag]: 1 } };

/** Counts and hashes what passes. */
function summing() {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    add(chunk: Uint8Array) {
      hash.update(chunk);
      bytes += chunk.length;
    },
    sums: () => ({ bytes, sha256: hash.digest('hex') }),
  };
}

async function stageTwin(source: string, target: string, signal: AbortSignal) {
  const text = summing();
  const sums = summing();
  const file = await stageFile(
    target,
    async (write) => {
      const output = new Writable({
        write(chunk: Uint8Array, _encoding, done) {
          sums.add(chunk);
          write(chunk).then(() => done(), done);
        },
      });
      await pipeline(
        createReadStream(source, { highWaterMark: READ_BYTES }),
        async function* (chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            text.add(chunk);
            yield chunk;
          }
        },
        target.endsWith('.gz') ? createGzip() : createZstdCompress(ZSTD),
        output,
        { signal },
      );
    },
    { signal },
  );
  return { file, text: text.sums(), twin: { name: basename(target), ...sums.sums() } };
}

function createTwins() {
  let staged: StagedFile<unknown>[] = [];

  async function discard(): Promise<void> {
    for (const file of staged.splice(0)) await file.discard();
  }

  const methods = {
    async stage({ source, targets }: TwinsRequest, { signal }: CallContext): Promise<StagedTwins> {
      await discard();
      const files: Twin[] = [];
      let sums = { bytes: 0, sha256: '' };
      for (const target of targets) {
        const { file, text, twin } = await stageTwin(source, target, signal);
        staged.push(file);
        files.push(twin);
        sums = text;
      }
      return { text: sums, files };
    },

    async commit(): Promise<void> {
      const files = staged;
      staged = [];
      for (const file of files) await file.commit();
    },
  };
  return { methods, onClose: discard };
}

export type TwinsMethods = ReturnType<typeof createTwins>['methods'];

export default threadModule(createTwins);
