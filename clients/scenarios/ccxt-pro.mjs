// ccxt.pro over the spot socket: public and private streams, and order entry.
import ccxt from 'ccxt';
import { base, check, env, refused, same, scenario, sleep, socketUrl, within } from './common.mjs';

const connect = async (key, secret) => {
  const exchange = new ccxt.pro.gate({ apiKey: key, secret });
  for (const side of ['public', 'private'])
    for (const section of Object.keys(exchange.urls.api[side])) exchange.urls.api[side][section] = `${base}/api/v4`;
  exchange.urls.api.spot = socketUrl();
  await exchange.loadHttpProxyAgent(); // ccxt asks for it wherever a socket is ws:// and not wss://
  return exchange;
};

const SYMBOL = 'BTC/USDT';

/** Reads a stream until the wanted thing arrives; other news on the stream is passed over. */
const until = async (what, read, wanted) => {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const news = await within(Math.max(0.001, (deadline - Date.now()) / 1000), what, read());
    const found = wanted(news);
    if (found) return found;
  }
};

await scenario('ccxt-pro', async (step) => {
  const ex = await connect(env('KEY'), env('SECRET'));
  await step('loadMarkets', async () => void (await ex.loadMarkets()));

  await step('watchOrderBook', async () => {
    let before;
    for (let i = 0; i < 5; i++) {
      const book = await ex.watchOrderBook(SYMBOL);
      check(book.bids.length > 0 && book.asks.length > 0, 'both sides are there');
      check(book.bids[0][0] < book.asks[0][0], `the book is not crossed: ${book.bids[0][0]} / ${book.asks[0][0]}`);
      check(before === undefined || book.nonce >= before, 'the book id never goes back');
      before = book.nonce;
    }
    const rest = await ex.fetchOrderBook(SYMBOL, 50);
    check(rest.nonce > 0, 'REST and socket share one book id');
    await until('the socket book reaches the REST book', () => ex.watchOrderBook(SYMBOL), (book) => book.nonce >= rest.nonce);
  });
  await step('watchOrderBook 400', async () => {
    const other = await connect(env('KEY'), env('SECRET'));
    const book = await other.watchOrderBook(SYMBOL, 400);
    check(book.bids.length >= 20, `at least 20 levels, saw ${book.bids.length}`);
    await other.close();
  });
  await step('unWatchOrderBook', async () => void (await ex.unWatchOrderBook(SYMBOL)));
  const last = await step('watchTicker', async () => {
    const ticker = await ex.watchTicker(SYMBOL);
    check(ticker.bid < ticker.ask && ticker.last > 0, 'the ticker has bid, ask and last');
    return ticker.last;
  });
  await step('watchTickers', async () => {
    const tickers = await ex.watchTickers([SYMBOL, 'ETH/USDT']);
    check(Object.keys(tickers).length > 0, 'tickers of several pairs in one subscription');
  });
  await step('watchBidsAsks', async () => {
    const best = await ex.watchBidsAsks([SYMBOL]);
    check(best[SYMBOL].bid < best[SYMBOL].ask, 'best bid below best ask');
    check(best[SYMBOL].bidVolume > 0 && best[SYMBOL].askVolume > 0, 'with their amounts');
  });
  await step('watchTrades', async () => {
    const trades = await ex.watchTrades(SYMBOL);
    check(trades.length > 0 && trades[0].price > 0 && trades[0].id, 'a trade has a price and an id');
  });
  await step('watchOHLCV', async () => {
    const candles = await ex.watchOHLCV(SYMBOL, '1m');
    check(candles.length > 0 && candles.at(-1).length === 6, 'a candle has six values');
    check(candles.at(-1)[0] % 60_000 === 0, 'a minute candle starts on the minute');
  });

  // Private streams are opened first, so that the orders below show on them.
  const far = Number(ex.priceToPrecision(SYMBOL, last * 0.95));
  await step('private streams', async () => {
    const streams = [ex.watchBalance(), ex.watchOrders(), ex.watchMyTrades()];
    streams.forEach((stream) => stream.catch(() => {}));
    await sleep(1500); // the subscriptions are acknowledged; ccxt does not tell when
    const order = await ex.createOrder(SYMBOL, 'limit', 'buy', 0.001, far);
    const orders = await within(15, 'watchOrders', streams[1]);
    const seen = orders.find((o) => o.id === order.id) ?? (await until('the placed order', () => ex.watchOrders(), (list) => list.find((o) => o.id === order.id)));
    same([seen.status, seen.side, seen.symbol, seen.amount], ['open', 'buy', SYMBOL, 0.001], 'the order on the stream');
    const balance = await within(15, 'watchBalance', streams[0]);
    check(balance.USDT.used > 0, 'the hold of the order shows in the balance');
    const closed = until('the cancelled order', () => ex.watchOrders(), (list) => list.find((o) => o.id === order.id && o.status === 'canceled'));
    await ex.cancelOrder(order.id, SYMBOL);
    await closed;
    const filled = await ex.createMarketBuyOrderWithCost(SYMBOL, 100);
    const trades = await within(15, 'watchMyTrades', streams[2]);
    const mine = trades.find((t) => t.order === filled.id) ?? (await until('the fill', () => ex.watchMyTrades(), (list) => list.find((t) => t.order === filled.id)));
    check(mine.takerOrMaker === 'taker' && mine.fee.cost > 0, 'the fill has its role and fee');
  });

  // Order entry on the socket.
  const id = await step('createOrderWs', async () => {
    const order = await ex.createOrderWs(SYMBOL, 'limit', 'buy', 0.001, far);
    same([order.status, order.amount, order.price], ['open', 0.001, far], 'the order placed on the socket');
    return order.id;
  });
  await step('fetchOrderWs', async () => same((await ex.fetchOrderWs(id, SYMBOL)).status, 'open', 'status'));
  await step('REST sees it', async () => same((await ex.fetchOrder(id, SYMBOL)).status, 'open', 'status over REST'));
  await step('editOrderWs', async () => {
    const lower = Number(ex.priceToPrecision(SYMBOL, far * 0.99));
    const order = await ex.editOrderWs(id, SYMBOL, 'limit', 'buy', 0.002, lower);
    same([order.id, order.amount, order.price], [id, 0.002, lower], 'the amended order');
  });
  await step('cancelOrderWs', async () => same((await ex.cancelOrderWs(id, SYMBOL)).status, 'canceled', 'status'));
  await step('two more', async () => {
    // ccxt has no batch on the spot socket; raw-ws sends one.
    for (const amount of [0.001, 0.002]) same((await ex.createOrderWs(SYMBOL, 'limit', 'buy', amount, far)).status, 'open', 'placed');
  });
  await step('cancelAllOrdersWs', async () => {
    const cancelled = await ex.cancelAllOrdersWs(SYMBOL);
    check(cancelled.length === 2, `both cancelled, saw ${cancelled.length}`);
    same((await ex.fetchOpenOrders(SYMBOL)).length, 0, 'nothing is left open');
  });
  await step('market createOrderWs', async () => {
    const order = await ex.createOrderWs(SYMBOL, 'market', 'sell', 0.001);
    same([order.status, order.filled], ['closed', 0.001], 'a market sell on the socket');
  });
  await step('InsufficientFunds', () => refused('a buy beyond the balance', () => ex.createOrderWs(SYMBOL, 'limit', 'buy', 5, far),
    (e) => e instanceof ccxt.InsufficientFunds || /BALANCE_NOT_ENOUGH/.test(e.message)).then(() => undefined));
  await step('wrong secret', async () => {
    const wrong = await connect(env('KEY'), 'wrong' + env('SECRET'));
    await refused('an order signed with a wrong secret', () => wrong.createOrderWs(SYMBOL, 'limit', 'buy', 0.001, far),
      (e) => e instanceof ccxt.AuthenticationError || e instanceof ccxt.BaseError);
    await refused('a private stream signed with a wrong secret', () => within(15, 'watchOrders', wrong.watchOrders()), (e) => e instanceof ccxt.AuthenticationError);
    await wrong.close();
  });
  await step('close', async () => void (await ex.close()));
});
