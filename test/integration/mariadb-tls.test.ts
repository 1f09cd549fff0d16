import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { MariadbConnection } from '../../src/infra/store/mariadb/connection.ts';
import { createMariadbStore } from '../../src/infra/store/mariadb/store.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { LOCK } from '../support/mariadb-world.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('with a certificate made by openssl', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tdl-tls-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  if (hasOpenssl) {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=db.example'],
        ...['-addext', 'subjectAltName=DNS:db.example', '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
  }
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describeMariadb('MariaDB over TLS', () => {
    const server = useMariadb({ tcp: true, args: [`--ssl-cert=${cert}`, `--ssl-key=${key}`] });

    async function opened(ssl: MariadbConnection['ssl'], host = '127.0.0.1') {
      await server.sql(`ALTER USER tdl@'%' REQUIRE SSL`);
      const database = await server.createDatabase();
      const connection = { ...server.connection(database, 'tcp'), host, ...(ssl && { ssl }) };
      const store = createMariadbStore({ connection, generation: 'auto', lock: LOCK });
      try {
        return await store.open();
      } finally {
        await store.close();
        await server.dropDatabase(database);
      }
    }

    test('a certificate that the named authority signed is taken', async () => {
      await expect(opened({ ca: readFileSync(cert, 'utf8'), verify: true })).resolves.toMatchObject({
        created: true,
      });
    });

    test('one that nobody vouches for is refused', async () => {
      await expect(opened({ verify: true })).rejects.toMatchObject({
        code: 'unavailable',
        advice: expect.stringContaining('ssl_ca') as string,
      });
    });

    test('one for a host of another name is refused', async () => {
      const ca = readFileSync(cert, 'utf8');
      await expect(opened({ ca, verify: true }, 'localhost')).rejects.toMatchObject({
        code: 'unavailable',
        advice: expect.stringContaining('ssl') as string,
      });
    });

    test('without verification any certificate will do', async () => {
      await expect(opened({ verify: false })).resolves.toMatchObject({ created: true });
    });

    test('an account that asks for TLS does not let us in without', async () => {
      await expect(opened(undefined)).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
});
