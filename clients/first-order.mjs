// The README's first order: buys for 100 USDT with the key that the first start wrote. Usage: node first-order.mjs DATA_FOLDER
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import ccxt from 'ccxt';

const folder = process.argv[2] ?? `${process.env.XDG_DATA_HOME ?? `${homedir()}/.local/share`}/sluice`;
const { base_url, key, secret } = JSON.parse(readFileSync(`${folder}/demo-key.json`, 'utf8'));
const exchange = new ccxt.gate({ apiKey: key, secret });
for (const side of ['public', 'private'])
  for (const section of Object.keys(exchange.urls.api[side])) exchange.urls.api[side][section] = `${base_url}/api/v4`;

const order = await exchange.createOrder('BTC/USDT', 'market', 'buy', 0.001, undefined, { cost: 100 });
console.log(`${order.status}: bought ${order.filled} BTC at ${order.average} for ${order.cost} USDT`);
const { BTC, USDT } = await exchange.fetchBalance();
console.log(`now ${BTC.free} BTC and ${USDT.free} USDT`);
