// ccxt.pro over the perpetual socket: public and private streams, and order entry.
import ccxt from 'ccxt';
import { base, check, env, same, scenario, sleep, within } from './common.mjs';

const SYMBOL = 'BTC/USDT:USDT';

/** Reads a stream until the wanted thing arrives; other news on the stream is passed over. */
const until = async (what, read, wanted) => {
  const deadline = Date.now() + 40_000;
  for (;;) {
    const news = await within(Math.max(0.001, (deadline - Date.now()) / 1000), what, read());
    const found = wanted(news);
    if (found) return found;
  }
};

await scenario('ccxt-pro-futures', async (step) => {
  const ex = new ccxt.pro.gate({ apiKey: env('KEY'), secret: env('SECRET'), uid: '1', options: { defaultType: 'swap' } });
  for (const side of ['public', 'private'])
    for (const section of Object.keys(ex.urls.api[side])) ex.urls.api[side][section] = `${base}/api/v4`;
  const socket = base.replace(/^http/, 'ws');
  ex.urls.api.swap = { usdt: `${socket}/fx/v4/ws/usdt`, btc: `${socket}/fx/v4/ws/btc` }; // ccxt looks for "fx" in the address
  ex.urls.api.future = { usdt: `${socket}/v4/ws/delivery/usdt`, btc: `${socket}/v4/ws/delivery/btc` };
  await ex.loadHttpProxyAgent();
  await step('loadMarkets', async () => void (await ex.loadMarkets()));
  await step('transfer', async () => void (await ex.transfer('USDT', 10000, 'spot', 'swap')));

  await step('watchOrderBook', async () => {
    let before;
    for (let i = 0; i < 5; i++) {
      const book = await ex.watchOrderBook(SYMBOL);
      check(book.bids.length > 0 && book.asks.length > 0 && book.bids[0][0] < book.asks[0][0], 'two sides that do not cross');
      check(before === undefined || book.nonce >= before, 'the book id never goes back');
      before = book.nonce;
    }
  });
  const mark = await step('watchTicker', async () => {
    const ticker = await ex.watchTicker(SYMBOL);
    check(ticker.last > 0 && ticker.markPrice > 0, `last ${ticker.last}, mark ${ticker.markPrice}`);
    return ticker.markPrice;
  });
  await step('watchBidsAsks', async () => {
    const best = await ex.watchBidsAsks([SYMBOL]);
    check(best[SYMBOL].bid < best[SYMBOL].ask, 'best bid below best ask');
  });
  await step('watchTrades', async () => {
    const trades = await ex.watchTrades(SYMBOL);
    check(trades.length > 0 && trades[0].price > 0 && trades[0].amount > 0, 'a trade');
  });
  await step('watchOHLCV', async () => check((await ex.watchOHLCV(SYMBOL, '1m')).at(-1).length === 6, 'a candle has six values'));

  await step('private streams', async () => {
    const streams = [ex.watchBalance({ type: 'swap', settle: 'usdt' }), ex.watchOrders(SYMBOL), ex.watchMyTrades(SYMBOL), ex.watchPositions([SYMBOL])];
    streams.forEach((stream) => stream.catch(() => {}));
    await sleep(1500);
    const far = Number(ex.priceToPrecision(SYMBOL, mark * 0.98));
    const resting = await ex.createOrder(SYMBOL, 'limit', 'buy', 10, far);
    const orders = await within(15, 'watchOrders', streams[1]);
    const seen = orders.find((o) => o.id === resting.id) ?? (await until('the placed order', () => ex.watchOrders(SYMBOL), (list) => list.find((o) => o.id === resting.id)));
    same([seen.status, seen.side, seen.amount], ['open', 'buy', 10], 'the order on the stream');
    const cancelled = until('the cancelled order', () => ex.watchOrders(SYMBOL), (list) => list.find((o) => o.id === resting.id && o.status === 'canceled'));
    await ex.cancelOrder(resting.id, SYMBOL);
    await cancelled;
    await within(15, 'watchPositions', streams[3]); // the first call is the snapshot; only the second subscribes
    const pushed = until('the position', () => ex.watchPositions([SYMBOL]), (list) => list.find((p) => p.contracts === 50));
    await sleep(500);
    const bought = await ex.createOrder(SYMBOL, 'market', 'buy', 50);
    const trades = await within(15, 'watchMyTrades', streams[2]);
    const mine = trades.find((t) => t.order === bought.id) ?? (await until('the fill', () => ex.watchMyTrades(SYMBOL), (list) => list.find((t) => t.order === bought.id)));
    check(mine.takerOrMaker === 'taker' && mine.fee.cost > 0, 'the fill has its role and fee');
    const held = await pushed;
    same([held.symbol, held.side], [SYMBOL, 'long'], 'the position on the stream');
    await within(15, 'watchBalance', streams[0]);
  });
  await step('order entry', async () => {
    const far = Number(ex.priceToPrecision(SYMBOL, mark * 0.98));
    const order = await ex.createOrderWs(SYMBOL, 'limit', 'buy', 10, far);
    same([order.status, order.amount, order.price], ['open', 10, far], 'placed');
    same((await ex.fetchOrderWs(order.id, SYMBOL)).status, 'open', 'its status');
    same((await ex.editOrderWs(order.id, SYMBOL, 'limit', 'buy', 20, far)).amount, 20, 'amended');
    check((await ex.fetchOpenOrdersWs(SYMBOL)).some((o) => o.id === order.id), 'listed');
    same((await ex.cancelOrderWs(order.id, SYMBOL)).status, 'canceled', 'cancelled');
    await ex.createOrdersWs([1, 2].map((amount) => ({ symbol: SYMBOL, type: 'limit', side: 'buy', amount, price: far })));
    same((await ex.cancelAllOrdersWs(SYMBOL)).length, 2, 'both of a batch cancelled');
    const closed = await ex.createOrderWs(SYMBOL, 'market', 'sell', 50, undefined, { reduceOnly: true });
    same([closed.status, closed.filled], ['closed', 50], 'closed');
  });
  await step('close', async () => void (await ex.close()));
});
