import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram, writeConfig, type Program } from './daemon.ts';
import { commodity, commodityMessage, frame } from './messages.ts';
import { plantGalaxy } from './planted-galaxy.ts';
import { startRelay } from './relay.ts';

export interface PortalWorld {
  readonly url: string;
  readonly program: Program;
  readonly stop: () => Promise<void>;
}

/** Messages of a tick besides markets, of which there are three a second: a hundred a second in all. */
const OTHERS = 8;

/** The real daemon with its page, on a small galaxy, under a flow of messages. */
export async function startPortal(size: Parameters<typeof plantGalaxy>[2] = {}): Promise<PortalWorld> {
  const cwd = mkdtempSync(join(tmpdir(), 'tdl-'));
  const relay = await startRelay();
  writeConfig(cwd, {
    eddn_url: relay.url,
    http_listen: '127.0.0.1:0',
    export_path: './files',
    history_days: 3,
  });
  const nowS = Math.floor(Date.now() / 1000);
  const { stations, means } = await plantGalaxy(join(cwd, 'data/TradeDangerous.db'), nowS, size);
  const program = startProgram({ cwd });
  const url = String((await program.logged(/^http: http/)).url);
  await relay.waitForSubscribers();
  let sent = 0;
  const flow = setInterval(() => {
    sent += 1;
    const other = { $schemaRef: 'https://eddn.edcd.io/schemas/fssdiscoveryscan/1' };
    for (let i = 0; i < OTHERS; i++) void relay.publish(frame(commodityMessage(other)));
    if (sent % 4 !== 0) return;
    const { id, name, system } = stations[(sent * 41) % 60]!;
    const timestamp = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const market = { marketId: id, stationName: name, systemName: system, timestamp };
    const commodities = Array.from(means, ([name, meanPrice], i) => {
      const price = Math.round(meanPrice * (0.85 + ((sent * 7 + i * 13) % 30) / 100));
      const none = i % 2 === 0 ? { buyPrice: 0, stock: 0 } : { sellPrice: 0, demand: 0 };
      return commodity(name, { meanPrice, buyPrice: price, sellPrice: price, stock: 900 + sent, ...none });
    });
    void relay.publish(frame(commodityMessage({ ...market, commodities })));
  }, 80);
  return {
    url,
    program,
    async stop() {
      clearInterval(flow);
      program.kill('SIGTERM');
      await program.exit;
      relay.close();
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}
