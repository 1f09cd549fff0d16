/**
 * What selling much at once does to the price. Nobody has measured it: players agree that the price for all of a hold falls
 * with its size, up to some floor, but neither where that begins nor how deep it is follows from what a market tells. This is the
 * straight line that Trade Dangerous' documents propose. Buying has no such effect in this game: a stock has one price.
 */
export const BULK_SALES = ['flat', 'guessed'] as const;
export type BulkSale = (typeof BULK_SALES)[number];

/** Parts of the demand up to which the price is whole, and of the price that is left when all of the demand is sold. */
export const BULK_SALE_GUESS = { wholeUpTo: 0.25, least: 0.8 };

/** What a hold of a good is worth. */
export interface Sale {
  /** What the hold, the stock and the demand allow. */
  readonly tonnes: number;
  /** Of the price that is told, for every tonne. */
  readonly pricePart: number;
  /** Credits. */
  readonly paid: number;
  readonly earned: number;
  /** Below 0: a loss. */
  readonly profit: number;
}

interface Offer {
  readonly buyPrice: number;
  readonly stockUnits: number;
  readonly sellPrice: number;
  readonly demandUnits: number;
}

export function saleOf(
  { buyPrice, stockUnits, sellPrice, demandUnits }: Offer,
  holdTonnes: number,
  bulkSale: BulkSale,
): Sale {
  const tonnes = Math.min(holdTonnes, stockUnits, demandUnits);
  const pricePart = bulkSale === 'flat' ? 1 : guessedPart(tonnes, demandUnits);
  const paid = tonnes * buyPrice;
  const earned = tonnes * Math.floor(sellPrice * pricePart);
  return { tonnes, pricePart, paid, earned, profit: earned - paid };
}

/** Of the price, for all that is sold at once. */
function guessedPart(tonnes: number, demandUnits: number): number {
  const { wholeUpTo, least } = BULK_SALE_GUESS;
  const beyond = Math.max(0, tonnes / Math.max(1, demandUnits) - wholeUpTo) / (1 - wholeUpTo);
  return 1 - (1 - least) * Math.min(1, beyond);
}
