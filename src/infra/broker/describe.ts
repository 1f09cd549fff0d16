import { BrokerConnection, type BrokerAddress } from './connection.ts';
import { KEYS } from './keys.ts';

/** What a broker is, and what it has; rejects with an AppError `broker`. It is told nothing. */
export async function describeBroker(address: BrokerAddress): Promise<string> {
  const connection = new BrokerConnection(address);
  try {
    return await connection.use(async (client) => {
      const [info, markets, policy] = await Promise.all([
        client.info('server'),
        client.zCard(KEYS.markets),
        client.configGet('maxmemory-policy').catch(() => null),
      ]);
      const [, name = '', version = ''] =
        /^(valkey)_version:(\S+)/m.exec(info) ?? /^(redis)_version:(\S+)/m.exec(info) ?? [];
      const eviction = policy?.['maxmemory-policy'] ?? 'noeviction';
      const lossy = eviction === 'noeviction' ? '' : `; maxmemory-policy ${eviction} may take markets away`;
      return `${address.url}: ${name} ${version}, ${markets} markets${lossy}`;
    });
  } finally {
    connection.close();
  }
}
