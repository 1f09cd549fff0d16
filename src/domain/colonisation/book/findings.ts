import type { Carrier } from './carrier.ts';
import type { Commander } from './commander.ts';
import type { Site } from './site.ts';

/** A docking at a station that builds nothing. */
export interface Port {
  readonly marketId: number;
  readonly name: string;
  readonly systemId: string | null;
  readonly atS: number;
}

/** What a line of a journal tells: to be joined with what is known. */
export type Finding =
  | { readonly kind: 'site'; readonly site: Site }
  | { readonly kind: 'port'; readonly port: Port }
  | { readonly kind: 'carrier'; readonly carrier: Carrier }
  | { readonly kind: 'commander'; readonly commander: Commander };
