import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';

interface Known {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly size: number;
  readonly sha256?: string;
}

/**
 * Downloads as Trade Dangerous' client does (reference §5.2): HEAD without compression, a skip rule by entity tag, GET
 * with gzip allowed, state kept beside the files. No redirect is followed.
 */
export class TradeDangerousClient {
  readonly dir: string;
  readonly #server: string;
  readonly #state = new Map<string, Known>();

  /** @param server the value of TD_SERVER; ends in a slash */
  constructor(server: string, dir: string) {
    this.#server = server;
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  async download(name: string): Promise<'downloaded' | 'skipped' | `failed: ${string}`> {
    const url = this.#server + name;
    const file = join(this.dir, name);
    const head = await request(url, {
      method: 'HEAD',
      headers: { 'user-agent': 'Trade-Dangerous', 'accept-encoding': 'identity' },
    });
    await head.body.dump();
    if (head.statusCode >= 400) return `failed: HEAD ${head.statusCode}`;
    const etag = head.headers.etag as string | undefined;
    const lastModified = head.headers['last-modified'] as string | undefined;
    const known = this.#state.get(name);
    if (known !== undefined && this.#isInSync(file, known)) {
      if (etag !== undefined ? etag === known.etag : lastModified === known.lastModified) return 'skipped';
    }

    const get = await request(url, { headers: { 'accept-encoding': 'gzip, deflate' } });
    const sent = Buffer.from(await get.body.arrayBuffer());
    if (get.statusCode !== 200) return `failed: GET ${get.statusCode}`;
    const length = Number(get.headers['content-length'] ?? 0);
    if (length <= 0 && get.headers['transfer-encoding'] !== 'chunked') return 'failed: no content';
    if (length > 0 && length !== sent.length) return 'failed: wrong length';
    const bytes = get.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    writeFileSync(`${file}.dl`, bytes);
    renameSync(`${file}.dl`, file);
    const hashed = /^(Category|Item)\.csv$/.test(name) ? { sha256: sha256(bytes) } : {};
    this.#state.set(name, { etag, lastModified, size: bytes.length, ...hashed });
    return 'downloaded';
  }

  #isInSync(file: string, { size, sha256: expected }: Known): boolean {
    if (!existsSync(file) || statSync(file).size !== size) return false;
    return expected === undefined || sha256(readFileSync(file)) === expected;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
