import { SeededRandom } from '../../test/support/random.ts';
import { dumpLines, writeLines, type DumpOptions } from './dump.ts';
import { spanshTime } from '../../test/support/dump.ts';

const MARKET =
  /("market":\{"commodities":)(\[[^\]]*\])(,"prohibitedCommodities":\[[^\]]*\],"updateTime":)"[^"]*"/g;

/** So many of its markets were seen again then. */
export interface Changes {
  readonly share: number;
  readonly atS: number;
}

/** The dump of {@link DumpOptions} as it is later, with other prices. */
export async function writeChangedDump(
  path: string,
  options: DumpOptions,
  { share, atS }: Changes,
): Promise<void> {
  const random = new SeededRandom(atS);
  const changed = (line: string) =>
    line.replaceAll(MARKET, (market, head: string, commodities: string, middle: string) => {
      if (!random.chance(share)) return market;
      const prices = commodities.replaceAll(
        /"sellPrice":(\d+)/g,
        (_, price) => `"sellPrice":${Number(price) + 1}`,
      );
      return `${head}${prices}${middle}"${spanshTime(atS)}"`;
    });
  await writeLines(path, dumpLines(options).map(changed));
}
