import { describe, expect, test } from 'vitest';
import { withDatabase } from '../support/galaxy.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startHere } from '../support/here.ts';
import { startLiveDaemon, startLiveDaemonBy } from '../support/live-daemon.ts';
import { sabotage } from '../support/sabotage.ts';

describe('a child whose action throws', () => {
  test('is started again, and the daemon goes on', async () => {
    const { program, relay, written } = await startLiveDaemon({
      env: sabotage({ logThrows: { text: 'listings-live.csv: ', times: 2 } }),
    });
    await relay.publish(frame(commodityMessage({ marketId: 1 })));
    await written(1);
    await program.logged(/^listings-live\.csv: 2 rows/);
    expect(program.log.filter(({ msg }) => msg === 'exporter crashed: sabotaged')).toHaveLength(2);
    program.kill('SIGTERM');
    expect((await program.exit).code).toBe(0);
  });

  test('again and again ends the daemon in order, with the reason, and nothing is lost', async () => {
    const { program, relay, cwd, database } = await startLiveDaemon({
      env: sabotage({ logThrows: { text: 'listings-live.csv: ' } }),
    });
    await relay.publish(frame(commodityMessage({ marketId: 1 })));
    await relay.publish(frame(commodityMessage({ marketId: 2, systemName: 'Unheard Of' })));
    const { code, stderr } = await program.exit;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    // Five restarts in a minute are its budget.
    expect(program.log.filter(({ msg }) => msg === 'exporter crashed: sabotaged')).toHaveLength(6);
    expect(program.log).toContainEqual(
      expect.objectContaining({ level: 50, kind: 'crash', msg: 'exporter failed too often: sabotaged' }),
    );

    withDatabase(database, (db) =>
      db.exec("INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (2, 'Unheard Of', 0, 0, 0)"),
    );
    const next = await startLiveDaemonBy(startHere, { cwd });
    await next.written(1, 2);
  });

  test('in the middle of a stop does not keep the daemon from stopping', async () => {
    const { program } = await startLiveDaemon({ env: sabotage({ logThrows: { text: 'stopping: ' } }) });
    program.kill('SIGTERM');
    const { code } = await program.exit;
    expect(code).toBe(1);
  });
});

describe('a decode thread', () => {
  test('that dies of a message costs that batch only, and it is counted', async () => {
    const { program, relay, written, rate } = await startLiveDaemon({ env: sabotage({ killer: 'die' }) });
    await relay.publish(Buffer.from('die'));
    await program.logged(/1 messages could not be decoded/);
    await relay.publish(frame(commodityMessage({ marketId: 1 })));
    await written(1);
    const { received, rejected } = await rate(({ written: stations }) => stations === 1);
    expect({ received, rejected }).toEqual({ received: 2, rejected: { 'decoder failed': 1 } });
  });

  test('is not kept from good messages by small ones that take long to parse', async () => {
    const { program, relay, written, rate } = await startLiveDaemonBy(startHere);
    // 4 KB that inflate to 4 MB with 1.3 million lists.
    const text = JSON.stringify(commodityMessage({ commodities: ['here'] }));
    const endless = frame(text.replace('"here"', '{},'.repeat(1_390_000) + '{}'));
    for (let i = 0; i < 100; i++) {
      await relay.publish(endless);
      if (i % 20 === 0) await relay.publish(frame(commodityMessage({ marketId: i + 1 })));
    }
    await written(1, 21, 41, 61, 81);
    const { rejected } = await rate(({ received }) => received === 105);
    expect(rejected).toEqual({ 'too large': 100 });
    program.kill('SIGTERM');
    expect((await program.exit).code).toBe(0);
  });
});
