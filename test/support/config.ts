import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultFile } from '../../src/config/keys.ts';
import { CONFIG_FILE_NAME, loadConfig } from '../../src/config/load.ts';
import { tempDir } from './temp-dir.ts';

/** Reads a configuration file of the defaults but for what is written. */
export async function load(written: Record<string, unknown>, env: Record<string, string> = {}) {
  const cwd = tempDir();
  await writeFile(join(cwd, CONFIG_FILE_NAME), JSON.stringify({ ...defaultFile(), ...written }));
  return { cwd, ...(await loadConfig({ cwd, env })) };
}

/** What is in force. */
export const config = async (written: Record<string, unknown>, env?: Record<string, string>) =>
  (await load(written, env)).config;

/** What is told of it. */
export const messages = async (written: Record<string, unknown>, env?: Record<string, string>) =>
  (await load(written, env)).problems.map(({ message }) => message);
