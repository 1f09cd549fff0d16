import { expect, onTestFinished, test } from 'vitest';
import { startProgram } from '../support/daemon.ts';
import { ask } from '../support/http.ts';
import { startLiveDaemon } from '../support/live-daemon.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';

test('a daemon that hears nothing knows the goods of its database by their symbols', async () => {
  const cwd = tempDir();
  const first = await startLiveDaemon({ cwd, config: { http_listen: '127.0.0.1:0' } });
  const marketId = 128_000_001;
  await first.relay.publish(
    frame(
      commodityMessage({ marketId, commodities: [commodity('hydrogenfuel', { buyPrice: 100, stock: 9 })] }),
    ),
  );
  await first.written(marketId);
  first.program.kill('SIGTERM');
  await first.program.exit;

  const again = startProgram({ cwd });
  onTestFinished(() => again.kill('SIGKILL'));
  const url = String((await again.logged(/^http: http/)).url);
  const { status, bytes } = await ask(`${url}/api/v1/commodities/hydrogenfuel`);
  expect([status, JSON.parse(bytes.toString())]).toMatchObject([
    200,
    { symbol: 'HydrogenFuel', name: 'Hydrogen Fuel' },
  ]);
});
