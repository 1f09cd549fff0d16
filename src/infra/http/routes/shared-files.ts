import { LIST, SharedList } from '../../publishing/mirror.ts';
import { sharedFiles, type SharedPlaces } from '../../publishing/shared-files.ts';
import type { HttpApp } from '../app.ts';

/** What other daemons on the same database need to have the same files. */
export function sharedFileRoutes(app: HttpApp, places: SharedPlaces): void {
  app.get(LIST, { schema: { response: { 200: SharedList } } }, async () => ({
    files: await sharedFiles(places),
  }));
}
