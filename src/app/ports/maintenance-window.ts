import type { Bootstrap } from '../bootstrap.ts';
import { readConfigFile, updateConfigFile } from '../../config/config-file.ts';
import type { MaintenanceWindowPorts } from '../../domain/ports/upkeep/maintenance-window.ts';
import type { MarketStore } from '../../domain/ports/store/market-store.ts';
import type { Tidier } from '../../domain/ports/upkeep/tidier.ts';
import { createCheckTool } from '../../infra/store/mariadb/housekeeping/check-tool.ts';

/** The key of the configuration file that keeps when a task was last done. */
const KEYS = { purge: 'last_purge', optimize: 'last_db_maint' } as const;

/** What the maintenance works with, as the configuration has it. */
export function maintenancePorts(base: Bootstrap, store: MarketStore): MaintenanceWindowPorts {
  const { paths } = base;
  return {
    settings: () => {
      const { purgeEveryMs, purgeRetentionDays, dbMaintEveryMs, activeHours } = base.config;
      return {
        purgeEveryMs,
        retentionDays: purgeRetentionDays,
        optimizeEveryMs: dbMaintEveryMs,
        hours: activeHours.maintenance,
      };
    },
    tidier: createTidier(base, store),
    lastDone: async () => {
      const written = (await readConfigFile(paths.configFile)) ?? {};
      return { purge: seconds(written[KEYS.purge]), optimize: seconds(written[KEYS.optimize]) };
    },
    noteDone: (task, atS) => updateConfigFile(paths.configFile, { [KEYS[task]]: atS }),
  };
}

/** A SQLite file tidies itself; a server has its own tools for that. */
function createTidier({ database, paths }: Bootstrap, store: MarketStore): Tidier {
  if (database.backend === 'mariadb') {
    const { name, socket, tlsFiles = {}, ...connection } = database;
    return createCheckTool({
      connection: { ...connection, database: name, ...(socket === undefined ? {} : { socketPath: socket }) },
      tls: tlsFiles,
      optionFile: paths.dbMaintCnfFile,
      env: process.env,
    });
  }
  return {
    probe: () => Promise.resolve(),
    optimize: async (signal) => store.optimize?.(signal),
  };
}

function seconds(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
