import { rm, utimes } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../domain/errors.ts';
import type { Mirror } from '../../domain/ports/publishing/mirror.ts';
import { ask, SourceError, type Answer } from '../web/request.ts';
import { FULL_MANIFEST } from './deltas/names.ts';
import { stageFile } from './publish.ts';
import { isDelta, sharedFiles, sharedPath, type SharedFile, type SharedPlaces } from './shared-files.ts';

/** What a daemon tells of its published files at {@link LIST}. */
export const SharedList = z.object({
  files: z
    .array(z.object({ name: z.string(), bytes: z.int(), modifiedMs: z.number(), version: z.string() }))
    .readonly(),
});

export const LIST = '/cluster/files';

/** Keeps the files of another daemon, which has a list of them. A file is the same with the same length and time. */
export function createMirror(places: SharedPlaces): Mirror {
  async function fetchAll(url: string, signal: AbortSignal, mayReplace: () => boolean) {
    const [theirs, ours] = [await list(url, signal), await sharedFiles(places)];
    const have = new Map(ours.map(({ name, version }) => [name, version]));
    const wanted = theirs.filter((file) => have.get(file.name) !== file.version);
    const staged: Awaited<ReturnType<typeof stage>>[] = [];
    try {
      for (const file of wanted) staged.push(await stage(url, file, signal));
      // What was published meanwhile does not belong to what was fetched before.
      if (wanted.length > 0 && !isSame(await list(url, signal), theirs)) return [];
      return await replace(staged, ours, theirs, () => !signal.aborted && mayReplace());
    } finally {
      for (const each of staged) await each.discard();
    }
  }

  async function stage(url: string, { name, bytes, modifiedMs, version }: SharedFile, signal: AbortSignal) {
    const path = sharedPath(places, name);
    if (path === undefined) throw new AppError('mirror', `${url} lists ${name}, which is no published file`);
    const from = `${url}/files/${name}`;
    const answer = await ask('GET', from, { accept: [200], signal, headers: { 'if-match': `"${version}"` } });
    const file = await stageFile(
      path,
      async (write) => {
        let got = 0;
        for await (const chunk of chunksOf(answer)) {
          got += chunk.length;
          await write(chunk);
        }
        if (got !== bytes) throw new AppError('mirror', `${from}: ${got} of ${bytes} bytes arrived`);
      },
      { signal },
    );
    // A little more, for a time is cut off where it is read.
    const modifiedS = (modifiedMs + 0.01) / 1000;
    await utimes(file.path, modifiedS, modifiedS);
    return {
      name,
      discard: () => file.discard(),
      commit: async () => {
        const { changed } = await file.commit();
        // The same bytes of another time stay where they are.
        if (!changed) await utimes(path, modifiedS, modifiedS);
      },
    };
  }

  async function replace(
    staged: readonly Awaited<ReturnType<typeof stage>>[],
    ours: readonly SharedFile[],
    theirs: readonly SharedFile[],
    mayGoOn: () => boolean,
  ): Promise<string[]> {
    const done: string[] = [];
    const manifest = places.files.get(FULL_MANIFEST);
    // Whoever reads in between finds no manifest, and asks again.
    if (manifest !== undefined && staged.some(({ name }) => name === 'listings.csv') && mayGoOn())
      await rm(manifest, { force: true });
    for (const { name, commit } of staged) {
      if (!mayGoOn()) return done;
      await commit();
      done.push(name);
    }
    const listed = new Set(theirs.map(({ name }) => name));
    for (const { name } of ours.toReversed()) {
      if (!isDelta(name) || listed.has(name)) continue;
      if (!mayGoOn()) return done;
      await rm(sharedPath(places, name) ?? '', { force: true });
      done.push(name);
    }
    return done;
  }

  return {
    async fetch(url, signal, mayReplace) {
      try {
        return await fetchAll(url, signal, mayReplace);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        throw new AppError('mirror', error.message, {
          advice:
            'it is tried again; check cluster_url of that daemon, and the network and proxies between them',
          cause: error,
        });
      }
    },
  };
}

async function list(url: string, signal: AbortSignal): Promise<readonly SharedFile[]> {
  const answer = await ask('GET', `${url}${LIST}`, { accept: [200], signal });
  const parsed = SharedList.safeParse(await answer.body.json().catch(() => null));
  if (!parsed.success) throw new AppError('mirror', `${url}${LIST} is no list of published files`);
  return parsed.data.files;
}

function isSame(a: readonly SharedFile[], b: readonly SharedFile[]): boolean {
  const text = (files: readonly SharedFile[]) =>
    files.map(({ name, version }) => `${name} ${version}`).join();
  return text(a) === text(b);
}

async function* chunksOf({ body }: Answer): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) yield chunk as Uint8Array;
}
