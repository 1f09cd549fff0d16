/** What became of the blocks of stations that say when they were observed. */
export interface BlockCounts {
  /** Older than the limit, and newer than what the database has. */
  readonly tooOld: Readonly<Record<'markets' | 'shipyards' | 'outfitters', number>>;
  /** `ahead` of the clock; `refused`: something was wrong with them, and nothing was left. */
  readonly markets: Readonly<Record<'usable' | 'refused' | 'ahead', number>>;
}

export const NO_BLOCKS: BlockCounts = {
  tooOld: { markets: 0, shipyards: 0, outfitters: 0 },
  markets: { usable: 0, refused: 0, ahead: 0 },
};

export function addBlocks(a: BlockCounts, b: BlockCounts): BlockCounts {
  return {
    tooOld: {
      markets: a.tooOld.markets + b.tooOld.markets,
      shipyards: a.tooOld.shipyards + b.tooOld.shipyards,
      outfitters: a.tooOld.outfitters + b.tooOld.outfitters,
    },
    markets: {
      usable: a.markets.usable + b.markets.usable,
      refused: a.markets.refused + b.markets.refused,
      ahead: a.markets.ahead + b.markets.ahead,
    },
  };
}
