/** A client program whose messages are taken. */
export interface WhitelistEntry {
  /** `header.softwareName`, compared case-insensitively. */
  readonly software: string;
  /** Lowest accepted `header.softwareVersion`; absent: every version. */
  readonly minversion?: string | undefined;
}

/** What a message must satisfy to be taken; plain data, so that it crosses to worker threads. */
export interface StagingRules {
  /** The schema of markets, without `/test`. Source: EDDN, `https://eddn.edcd.io/schemas/commodity/3`. */
  readonly schemaRef: string;
  /** Names of the schemas from which the galaxy is learned. */
  readonly learn: readonly string[];
  readonly whitelist: readonly WhitelistEntry[];
  /** How far ahead of the gateway's clock an observation may be, seconds. */
  readonly maxClockSkewS: number;
  /** Also return refused messages' details. */
  readonly debug: boolean;
}

export const COMMODITY_SCHEMA_REF = 'https://eddn.edcd.io/schemas/commodity/3';
