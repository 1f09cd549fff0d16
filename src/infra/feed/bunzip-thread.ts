import bunzip from 'unbzip2-stream';
import { threadModule, type CallContext } from '../threads/rpc.ts';

function createBunzip() {
  const decoder = bunzip();
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let damage: string | null = null;
  decoder.on('data', (bytes: Buffer<ArrayBuffer>) => pieces.push(new Uint8Array(bytes)));
  decoder.on(
    'error',
    (error: unknown) => (damage ??= error instanceof Error ? error.message : String(error)),
  );

  /** What has come of it so far; the decoder gives it before it returns. */
  function taken({ transfer }: CallContext) {
    const given = { pieces, damage };
    transfer.push(...pieces.map(({ buffer }) => buffer));
    pieces = [];
    return given;
  }

  const methods = {
    write(chunk: Uint8Array, context: CallContext) {
      decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      return taken(context);
    },

    end(_: null, context: CallContext) {
      decoder.end();
      return taken(context);
    },
  };

  return { methods };
}

export type BunzipMethods = ReturnType<typeof createBunzip>['methods'];

export default threadModule(createBunzip);
