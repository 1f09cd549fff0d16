import type { Bootstrap } from './bootstrap.ts';
import { acquireInstance } from '../infra/process/instance-lock.ts';
import { writePidFile } from '../infra/process/pid-file.ts';

/**
 * Makes this process the only daemon of its data directory, until it releases it or exits.
 * @throws AppError `instance.held`, `instance.notWritable`
 */
export async function claimInstance({
  paths,
  log,
}: Pick<Bootstrap, 'paths' | 'log'>): Promise<{ readonly release: () => void }> {
  const { instanceFile, pidFile } = paths;
  const instance = await acquireInstance(instanceFile);
  process.once('exit', instance.release);
  if (instance.stale !== null) {
    log.warn({ file: instanceFile }, `${instanceFile} was left behind: ${instance.stale}; it is replaced`);
  }
  if (pidFile === null) return instance;
  const removePidFile = writePidFile(pidFile);
  process.once('exit', removePidFile);
  return {
    release() {
      removePidFile();
      instance.release();
    },
  };
}
