import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { checkPublishedSet } from '../support/client-rules.ts';
import { startProgram, writeConfig } from '../support/daemon.ts';
import { startDumpServer } from '../support/dump-server.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startRelay } from '../support/relay.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

/** What the relay sends in a minute: the second one of the stream. */
const MINUTE = [600, 1200] as const;

interface Message {
  readonly header: { readonly softwareName: string };
}

test.skipIf(!hasSharedData)(
  'an empty folder, no dump yet, EDCD out of reach: a minute of the feed makes files that a client loads',
  { timeout: 60_000 },
  async () => {
    const stream = gunzipSync(readFileSync(new URL('eddn/stream-4-schemas.jsonl.gz', SHARED_DATA)))
      .toString()
      .trim()
      .split('\n')
      .slice(...MINUTE)
      .map((line) => JSON.parse(line) as Message);
    const relay = await startRelay();
    onTestFinished(() => relay.close());
    // The dump is on its way for as long as the test takes.
    const dump = await startDumpServer(randomBytes(200_000));
    dump.misbehave.push({ pieceDelayMs: 600_000 });
    const cwd = tempDir();
    writeConfig(cwd, {
      ...{
        eddn_url: relay.url,
        spansh_url: `${dump.url}/galaxy_stations.json.gz`,
        edcd_source: 'http://127.0.0.1:1/none',
      },
      ...{ export_path: './data', export_live_every_x_min: 0.02 },
      whitelist: [
        ...new Set(stream.map(({ header }) => header.softwareName)),
        'E:D Market Connector [Windows]',
      ].map((software) => ({ software })),
    });
    const daemon = startProgram({ cwd, args: [] });
    onTestFinished(async () => {
      daemon.kill('SIGKILL');
      await daemon.exit;
    });
    await relay.waitForSubscribers();
    for (const message of stream) await relay.publish(frame(message));

    const data = (name: string) => join(cwd, 'data', name);
    const column = (name: string, at: number) => {
      if (!existsSync(data(name))) return new Set<string>();
      const lines = readFileSync(data(name), 'utf8').trim().split('\n').slice(1);
      return new Set(lines.map((line) => line.split(',')[at] ?? ''));
    };
    // What is written by then is in the first full listing, the rest in the live one.
    const listed = (at: number) => column('listings.csv', at).union(column('listings-live.csv', at));
    await until(() => listed(1).size > 0);
    // The tables come before the listing that needs them.
    expect(listed(1).difference(column('Station.csv', 0))).toEqual(new Set());
    expect(listed(2).difference(column('Item.csv', 0))).toEqual(new Set());
    expect(statSync(data('System.csv')).size).toBeGreaterThan(100);

    // A market of a station nobody has heard of, in a system that is known by now.
    const [system = ''] = /(?<=^\d+,')[^']+/m.exec(readFileSync(data('System.csv'), 'utf8')) ?? [];
    await relay.publish(frame(commodityMessage({ marketId: 3_999_000_001, systemName: system })));
    await until(() => column('listings-live.csv', 1).has('3999000001'));
    expect(column('Station.csv', 0)).toContain('3999000001');

    daemon.kill('SIGTERM');
    expect((await daemon.exit).code).toBe(0);
    expect(checkPublishedSet(join(cwd, 'data'), 'v12')).toEqual([]);
    expect(dump.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  },
);
