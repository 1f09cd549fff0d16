import { updateConfigFile } from '../../src/config/config-file.ts';

/** Child process: `node config-updater.ts FILE PREFIX COUNT` adds COUNT keys, one update each. */
const [file = '', prefix = '', count = ''] = process.argv.slice(2);
for (let n = 0; n < Number(count); n++) {
  await updateConfigFile(file, { [`${prefix}${n}`]: n });
}
