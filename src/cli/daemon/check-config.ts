import {
  checkBroker,
  checkCredentials,
  checkDatabase,
  checkDirectory,
  checkEdcd,
  checkJournals,
  checkListen,
  checkPublicFiles,
  checkRelay,
  checkReplica,
  checkSpansh,
  type Finding,
} from '../../app/checks.ts';
import { wrongSubscriptions } from '../../app/subscriptions.ts';
import { loadDatabaseConfig } from '../../config/database.ts';
import type { Environment } from '../../config/environment.ts';
import { inspectConfig } from '../../config/load.ts';
import { resolvePaths } from '../../config/paths.ts';
import { describeLast, EXIT } from '../../domain/errors.ts';
import { say } from '../say.ts';

/**
 * `check-config`: looks at everything the daemon needs, as the daemon would meet it, and writes nothing. Ends with 1 when something fails.
 */
export async function run(): Promise<number> {
  return (await checkConfig({ cwd: process.cwd(), env: process.env })) ? EXIT.ok : EXIT.failure;
}

/** @returns whether nothing fails */
async function checkConfig(at: { readonly cwd: string; readonly env: Environment }): Promise<boolean> {
  let works = true;
  const tell = ({ level, about, text }: Finding) => {
    works &&= level !== 'fail';
    say(`${level.padEnd(4)}  ${about}: ${text}\n`);
  };

  const [settings, database] = await Promise.all([
    inspectConfig(at).catch((error: unknown) => describeLast(error)),
    loadDatabaseConfig(at.env, at.cwd).catch((error: unknown) => describeLast(error)),
  ]);
  if (typeof settings === 'string') tell({ level: 'fail', about: 'configuration', text: settings });
  else {
    const { file, exists, problems } = settings;
    const text = exists
      ? file
      : `${file} does not exist: the first start writes it with the defaults (is this the daemon's working directory?)`;
    tell({ level: 'ok', about: 'configuration', text });
    const wrong = wrongSubscriptions(settings.config.subscriptions).map((each) => ({
      source: file,
      message: each,
    }));
    for (const { source, message } of [...problems, ...wrong]) {
      tell({ level: 'warn', about: 'configuration', text: `${source}: ${message}` });
    }
  }
  if (typeof database === 'string') tell({ level: 'fail', about: 'credentials', text: database });
  else tell(await checkCredentials(database));
  if (typeof settings === 'string' || typeof database === 'string') return works;

  const { config, file: configFile } = settings;
  const paths = resolvePaths({ ...at, configFile, config, database });
  const stored = checkDatabase(config, database.database);
  for (const pending of [
    ...[...new Set([paths.dataDir, paths.tmpDir, paths.csvDir, paths.exportDir])].map(checkDirectory),
    stored.then(({ finding }) => finding),
    ...('read' in database.database ? [checkReplica(database.database)] : []),
    stored.then(({ generation }) => checkPublicFiles(generation, paths)),
    checkListen(config),
    checkBroker({ at, config }),
    checkRelay(config),
    checkEdcd(config),
    checkSpansh(config),
  ]) {
    const finding = await pending;
    if (finding !== null) tell(finding);
  }
  for (const finding of await checkJournals(paths.journalDirs, at.env)) tell(finding);
  return works;
}
