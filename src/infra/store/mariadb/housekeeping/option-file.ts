import { open } from 'node:fs/promises';
import { AppError, describeError } from '../../../../domain/errors.ts';
import { giveToOwner } from '../../../process/ownership.ts';
import type { MariadbConnection } from '../connection.ts';

/** Certificates by path, as the tools want them. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Writes the credentials for the server's command line tools, readable by this user only, unless the file exists:
 * what an operator has put there is left alone.
 * @returns whether it was written
 * @throws AppError `maintenance.optionFile`
 */
export async function createOptionFile(
  file: string,
  connection: MariadbConnection,
  tls: TlsFiles,
): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(optionFile(connection, tls));
      await handle.sync();
      giveToOwner(file);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new AppError('maintenance.optionFile', `${file} cannot be written: ${describeError(error)}`, {
      advice: 'check the directory, or name another file in db_maint_cnf',
      cause: error,
    });
  }
}

function optionFile(
  { host, port, socketPath, user, password, ssl }: MariadbConnection,
  tls: TlsFiles,
): string {
  const options: Record<string, string | number | undefined> = {
    ...(socketPath === undefined
      ? { protocol: 'tcp', host, port }
      : { protocol: 'socket', socket: socketPath }),
    user,
    password,
    'ssl-ca': tls.ca,
    'ssl-cert': tls.cert,
    'ssl-key': tls.key,
    // As the connection of the program itself does it, whatever the tools' own default is.
    'loose-ssl': ssl === undefined ? 0 : 1,
    'loose-ssl-verify-server-cert': ssl?.verify === true ? 1 : 0,
  };
  const lines = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${typeof value === 'number' ? value : quote(value)}`],
  );
  return [
    '# Made from the INI file that TD_DB_CONFIG names. Remove it to have it made anew.',
    '[client]',
    ...lines,
    '',
  ].join('\n');
}

/** Quoted, for `#` begins a comment and blanks at the ends are cut off; backslashes begin escapes. */
function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
