/** What the page takes from answers that are not for everybody. Times are ISO 8601; null is unknown. */

import type { List, Near, Quote, Station } from '../answers.d.ts';

export type Scope = 'journal' | 'tours' | 'subscriptions' | 'operate';

export interface Access {
  /** Null: none was shown, or one that nobody knows. */
  readonly token: { readonly name: string; readonly scopes: readonly Scope[] } | null;
  readonly offered: {
    readonly tours: boolean;
    readonly colonisation: 'off' | 'token' | 'public';
    readonly jobs: boolean;
    readonly history: boolean;
    /** How a daemon is, and its files: a process that only serves has none. */
    readonly status: boolean;
  };
}

export interface Plan {
  /** Markets that fit, whether they are in a tour or not. */
  readonly stale: number;
  /** Of the longest tour. */
  readonly seconds: number;
  readonly tours: readonly {
    readonly commander: string;
    readonly seconds: number;
    readonly distanceLy: number;
    readonly jumps: number;
    readonly systems: readonly string[];
    readonly stops: readonly (Station & {
      readonly jumps: number;
      readonly doneAfterS: number;
      readonly guess: boolean;
    })[];
  }[];
}

interface Stop {
  readonly marketId: number;
  readonly name: string;
  readonly systemName: string;
}

export interface Tour {
  readonly id: string;
  readonly state: string;
  readonly madeAt: string | null;
  readonly markets: number;
  readonly open: number;
  readonly commanders: readonly {
    readonly name: string;
    readonly leftAt: string | null;
    readonly seconds: number;
    readonly systems: readonly string[];
    readonly stops: readonly (Stop & { readonly jumps: number | null; readonly seconds: number | null })[];
  }[];
  readonly done: readonly (Stop & { readonly doneAt: string | null })[];
}

export interface Patrol {
  readonly name: string;
  readonly state: string;
  readonly about: string;
  readonly maxAgeS: number;
  readonly commanders: readonly { readonly name: string }[];
  /** Null: it has not looked yet. */
  readonly look: {
    readonly at: string | null;
    readonly markets: number;
    readonly overdue: number;
    readonly late: number;
    readonly unlisted: number;
    /** Null: nobody can say. */
    readonly commandersNeeded: number | null;
    readonly commandersAble: number;
  } | null;
}

export interface Site {
  readonly marketId: number;
  readonly name: string | null;
  readonly type: string | null;
  readonly systemName: string | null;
  readonly state: string;
  readonly percent: number | null;
  readonly required: number | null;
  readonly remaining: number | null;
  readonly seenAt: string | null;
}

export type Seller = Station & Near & Quote & { readonly marginPerTonne: number | null };

export interface Need {
  readonly symbol: string;
  readonly name: string | null;
  readonly required: number;
  readonly remaining: number;
  readonly onCarriers: number;
  readonly aboard: number;
  readonly toBuy: number;
  readonly loads: { readonly toBuy: number } | null;
  readonly payment: number | null;
  /** Null: nothing is to be bought, or nobody knows the good or the place. */
  readonly supply: {
    readonly nearest: Seller | null;
    readonly cheapest: Seller | null;
    readonly freshest: Seller | null;
    readonly sellers: number;
    readonly shortfall: number;
  } | null;
}

export interface Shopping extends Pick<List<Need>, 'at' | 'entries'> {
  readonly near: string | null;
  readonly summary: {
    readonly sites: number;
    readonly unknownSites: readonly number[];
    readonly required: number;
    readonly percent: number | null;
    readonly remaining: number;
    readonly onCarriers: number;
    readonly aboard: number;
    readonly toBuy: number;
    readonly loads: { readonly toBuy: number } | null;
    readonly unknownCarriers: readonly number[];
  };
}

interface Hold {
  readonly goods: readonly { readonly symbol: string; readonly tonnes: number }[];
  readonly listedAt: string | null;
}

export interface Carrier {
  readonly carrierId: number;
  readonly callsign: string | null;
  readonly name: string | null;
  readonly systemName: string | null;
  readonly transit: { readonly systemName?: string; readonly departsAt: string | null } | null;
  readonly freeSpace: number | null;
  readonly hold: Hold | null;
  readonly seenAt: string | null;
}

export interface Pilot {
  readonly name: string | null;
  readonly systemName: string | null;
  readonly station: { readonly name: string } | null;
  readonly ship: { readonly type: string | null; readonly cargoCapacity: number | null } | null;
  readonly cargo: Hold | null;
  readonly seenAt: string | null;
}

export interface Job {
  readonly id: string;
  readonly state: string;
  readonly work:
    | { readonly kind: 'replay'; readonly files: readonly string[]; readonly again: boolean }
    | { readonly kind: 'backfill'; readonly from: string; readonly to: string };
  readonly restarts: number;
  readonly exitCode: number | null;
  readonly reason: string | null;
  readonly madeAt: string | null;
}

export interface LogLine {
  readonly n: number;
  readonly time: string;
  readonly level: string;
  readonly msg: string;
}

/** `/status`, as far as who operates reads it. */
export interface Operating {
  readonly version: string;
  readonly uptimeS: number;
  readonly notReady: readonly string[];
  readonly held: number;
  readonly totals: {
    readonly received: number;
    readonly learned: number;
    readonly restored: number;
    readonly written: number;
    readonly writtenRows: number;
    readonly stale: number;
    readonly superseded: number;
    readonly spilled: number;
    readonly everParked: number;
    readonly rejected: Readonly<Record<string, number>>;
  };
  readonly markets: Readonly<Record<'pending' | 'deferred' | 'queued' | 'spooled' | 'parked', number>>;
  readonly maintenance: { readonly purge: string | null; readonly optimize: string | null };
  readonly days: readonly { readonly day: string; readonly missingS: number; readonly isReplayed: boolean }[];
  readonly actors: readonly {
    readonly name: string;
    readonly state: string;
    readonly since: string;
    readonly counters: Readonly<Record<string, number>>;
    readonly lastError: {
      readonly message: string | null;
      readonly at: string;
      readonly active: boolean;
    } | null;
    readonly due: readonly { readonly timer: string; readonly at: string }[];
  }[];
}
