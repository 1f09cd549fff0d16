import { join } from 'node:path';
import { publishFile } from '../../src/infra/publishing/publish.ts';
import { serveFiles } from './http.ts';
import { tempDir } from './temp-dir.ts';

export const NAME = 'listings-live.csv';
export const TEXT = 'id,station_id\n1,128\n2,129\n';

/** Publishes as the exporter does. */
export async function publish(file: string, text: string | Uint8Array) {
  await publishFile(file, (write) => write(Buffer.from(text)));
}

/** One file published on a server of its own. */
export async function served(text: string | Uint8Array = TEXT) {
  const dir = join(tempDir(), 'export');
  const file = join(dir, NAME);
  const gzipDir = join(tempDir(), 'gzip');
  await publish(file, text);
  const server = await serveFiles({ [NAME]: file, 'System.csv': join(dir, 'System.csv') }, { gzipDir });
  return { file, dir, gzipDir, base: server.url, url: `${server.url}/files/${NAME}` };
}
