/** What is being built, or only builds: its name, type or services say so. */
interface Station {
  readonly name: string;
  readonly type: string | null;
  readonly services: readonly unknown[];
}

const PREFIX = /^\s*(?:Orbital|Planetary) Construction Site:\s*/i;
const SHIP = /^\s*(?:\$EXT_PANEL_ColonisationShip\b|System Colonisation Ship\b)/i;
const TYPES = new Set(['spaceconstructiondepot', 'planetaryconstructiondepot']);

/** The colonisation ship docks as a `SurfaceStation`: what it offers and how it is called tell. */
export function isConstruction({ name, type, services }: Station): boolean {
  return (
    services.includes('colonisationcontribution') ||
    PREFIX.test(name) ||
    SHIP.test(name) ||
    TYPES.has((type ?? '').toLowerCase())
  );
}

/** The name that a site's port will bear; null: it has none yet. */
export function portName(siteName: string): string | null {
  const name = siteName.replace(PREFIX, '').trim();
  return name === siteName.trim() || name === '' ? null : name;
}
