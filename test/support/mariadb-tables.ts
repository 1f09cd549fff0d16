import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { kept } from './kept.ts';
import type { MariadbBinaries } from './mariadb-binaries.ts';

const run = promisify(execFile);

/** mariadbd refuses to run as root unless told to. */
export function asWhom(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/** The data of a server that has never run, with an account that may do everything in databases named `tdl_...` only. */
export async function systemTables(
  { server, installDb, baseDir, env }: MariadbBinaries,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<string> {
  const account = [
    // There are no accounts before this.
    'FLUSH PRIVILEGES;',
    `CREATE USER ${user}@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON \`tdl\\_%\`.* TO ${user}@'%';`,
  ].join('\n');
  const args = [
    '--no-defaults',
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--innodb-log-file-size=8M',
    ...(baseDir === undefined ? [] : [`--basedir=${baseDir}`]),
    ...asWhom(),
  ];
  const key = createHash('sha256')
    .update(JSON.stringify([server, statSync(server).mtimeMs, args, account]))
    .digest('hex');
  return kept(`mariadb/data-${key.slice(0, 16)}`, async (work) => {
    const data = path.join(work, 'data');
    const sql = path.join(work, 'account.sql');
    writeFileSync(sql, account);
    // Servers that start clear the shared folder of temporary files, others' too.
    await run(installDb, [...args, `--datadir=${data}`, `--extra-file=${sql}`, `--tmpdir=${work}`], { env });
    return data;
  });
}
