/** A good that is bought at one market and sold at another. Prices in credits a tonne. */
export interface HopGood {
  readonly itemId: number;
  readonly buyPrice: number;
  readonly stockUnits: number;
  readonly sellPrice: number;
  readonly demandUnits: number;
  /** A tonne; below 0: a loss. */
  readonly profit: number;
  /** Of the price paid. */
  readonly returnOnInvestment: number;
}

interface Supply {
  readonly itemId: number;
  readonly supplyPrice: number;
  readonly supplyUnits: number;
}

interface Demand {
  readonly itemId: number;
  readonly demandPrice: number;
  readonly demandUnits: number;
}

/** What can be carried from one market to another, the most profitable first. */
export function hopGoods(supplies: readonly Supply[], demands: readonly Demand[]): HopGood[] {
  const demandOf = new Map(demands.map((demand) => [demand.itemId, demand]));
  return supplies
    .flatMap(({ itemId, supplyPrice: buyPrice, supplyUnits: stockUnits }) => {
      const demand = demandOf.get(itemId);
      if (buyPrice === 0 || demand === undefined || demand.demandPrice === 0) return [];
      const { demandPrice: sellPrice, demandUnits } = demand;
      const profit = sellPrice - buyPrice;
      return [
        {
          itemId,
          buyPrice,
          stockUnits,
          sellPrice,
          demandUnits,
          profit,
          returnOnInvestment: profit / buyPrice,
        },
      ];
    })
    .sort((a, b) => b.profit - a.profit || a.itemId - b.itemId);
}
