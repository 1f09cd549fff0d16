import type { ModelSetup } from '../../support/model.ts';
import { catalogue } from './catalogue.ts';
import { exporter } from './exporter.ts';
import { guardian } from './guardian.ts';
import { listener } from './listener.ts';
import { maintenanceWindow } from './maintenance-window.ts';
import { spanshUpdater } from './spansh-updater.ts';
import { stationCoalescer } from './station-coalescer.ts';
import { supervisor } from './supervisor.ts';
import { writer } from './writer.ts';

export const SETUPS: readonly ModelSetup[] = [
  supervisor,
  guardian,
  listener(false),
  listener(true),
  stationCoalescer,
  writer,
  exporter,
  catalogue,
  spanshUpdater('normal'),
  spanshUpdater('quickTest'),
  spanshUpdater('disabled'),
  maintenanceWindow,
];
