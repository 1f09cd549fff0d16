// Where the goods of a market sell best: node hops.mjs MARKET_ID [LY]
const base = process.env.TDL_URL ?? 'http://127.0.0.1:8390';
const [from = '', within = '30'] = process.argv.slice(2);

const answer = await fetch(`${base}/api/v1/hops?${new URLSearchParams({ from, within, limit: '5' })}`);
const body = await answer.json();
if (!answer.ok) {
  console.error(body.error);
  process.exit(1);
}
for (const { goods, systemName, name, distanceLy, marketAgeS } of body.entries) {
  const [best] = goods;
  const age = `${Math.round(marketAgeS / 3600)} h old`;
  console.log(
    `${best.profit} cr/t  ${best.name} to ${systemName}/${name}, ${distanceLy.toFixed(1)} ly, ${age}`,
  );
}
