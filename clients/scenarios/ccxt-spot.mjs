// ccxt over REST, as a bot uses it: markets, books, candles, orders of every kind, history, refusals.
import ccxt from 'ccxt';
import { base, check, env, refused, same, scenario } from './common.mjs';

const connect = (key, secret, options = {}) => {
  const exchange = new ccxt.gate({ apiKey: key, secret, ...options });
  for (const side of ['public', 'private'])
    for (const section of Object.keys(exchange.urls.api[side])) exchange.urls.api[side][section] = `${base}/api/v4`;
  return exchange;
};

const SYMBOL = 'BTC/USDT';
const descending = (levels) => levels.every((level, i) => i === 0 || level[0] < levels[i - 1][0]);
const ascending = (levels) => levels.every((level, i) => i === 0 || level[0] > levels[i - 1][0]);

await scenario('ccxt-spot', async (step) => {
  const ex = connect(env('KEY'), env('SECRET'));

  await step('loadMarkets', async () => {
    const markets = Object.values(await ex.loadMarkets());
    const spot = markets.filter((m) => m.spot);
    check(spot.length >= 60, `expected at least 60 spot markets, saw ${spot.length}`);
    check(spot.every((m) => m.active), 'every spot market of a fresh venue is active');
    const btc = ex.market(SYMBOL);
    check(btc.precision.price > 0 && btc.precision.amount > 0, 'BTC/USDT has a price and an amount precision');
    check(btc.limits.cost.min > 0, 'BTC/USDT has a minimum cost');
    return { spot: spot.length, others: markets.length - spot.length };
  });
  await step('fetchTime', async () => {
    const time = await ex.fetchTime();
    check(Number.isInteger(time) && time > 1.7e12, `fetchTime is milliseconds, saw ${time}`);
  });
  await step('fetchCurrencies', async () => {
    const currencies = await ex.fetchCurrencies();
    check(currencies.USDT?.active && currencies.BTC?.active, 'USDT and BTC are active currencies');
    check(Object.keys(currencies.USDT.networks).length > 0, 'USDT has at least one network');
    return Object.keys(currencies).length;
  });
  const last = await step('fetchTicker', async () => {
    const ticker = await ex.fetchTicker(SYMBOL);
    check(ticker.bid > 0 && ticker.ask > ticker.bid, `bid ${ticker.bid} below ask ${ticker.ask}`);
    check(ticker.last > 0 && ticker.baseVolume > 0 && ticker.quoteVolume > 0, 'last and volumes are positive');
    check(ticker.low <= ticker.last && ticker.last <= ticker.high, 'last lies between low and high');
    return ticker.last;
  });
  await step('fetchTickers', async () => {
    const tickers = await ex.fetchTickers();
    check(Object.keys(tickers).length >= 60, `at least 60 tickers, saw ${Object.keys(tickers).length}`);
    return Object.keys(tickers).length;
  });
  for (const limit of [20, 1000])
    await step(`fetchOrderBook ${limit}`, async () => {
      const book = await ex.fetchOrderBook(SYMBOL, limit);
      check(book.bids.length >= 20 && book.asks.length >= 20, `20 levels a side, saw ${book.bids.length}/${book.asks.length}`);
      check(book.bids.length <= limit && book.asks.length <= limit, `never more than ${limit} levels`);
      check(descending(book.bids) && ascending(book.asks), 'bids fall and asks rise');
      check(book.bids[0][0] < book.asks[0][0], 'the book is not crossed');
      check(Number.isInteger(book.nonce) && book.nonce > 0, `nonce is the book id, saw ${book.nonce}`);
      check(Number.isInteger(book.timestamp), 'the book has a time in milliseconds');
      return { bids: book.bids.length, asks: book.asks.length };
    });
  await step('fetchTrades', async () => {
    const trades = await ex.fetchTrades(SYMBOL, undefined, 50);
    check(trades.length > 0, 'there are public trades');
    check(trades.every((t) => t.price > 0 && t.amount > 0 && t.id && t.timestamp), 'every trade has id, price, amount and time');
    check(trades.every((t) => t.side === 'buy' || t.side === 'sell'), 'every trade has a side');
    return trades.length;
  });
  // A fresh venue has a year of the past: 52 weeks of it.
  for (const [frame, seconds, count] of [['10s', 10, 100], ['1m', 60, 100], ['5m', 300, 100], ['1h', 3600, 100], ['4h', 14400, 100], ['1d', 86400, 100], ['7d', 604800, 52]])
    await step(`fetchOHLCV ${frame}`, async () => {
      const candles = await ex.fetchOHLCV(SYMBOL, frame, undefined, count);
      check(candles.length === count, `${count} candles of ${frame}, saw ${candles.length}`);
      check(candles.every((c, i) => i === 0 || c[0] - candles[i - 1][0] === seconds * 1000), `${frame} candles follow each other without a gap`);
      check(candles.every(([, o, h, l, c, v]) => h >= Math.max(o, c) && l <= Math.min(o, c) && l > 0 && v >= 0), `${frame} candles are well formed`);
    });
  await step('fetchOHLCV since', async () => {
    const since = Math.floor(((await ex.fetchTime()) - 40 * 60_000) / 60_000) * 60_000;
    const candles = await ex.fetchOHLCV(SYMBOL, '1m', since, 30);
    check(candles.length === 30 && candles[0][0] === since, `30 candles from ${since}, saw ${candles.length} from ${candles[0]?.[0]}`);
  });
  await step('fetchBalance', async () => {
    const balance = await ex.fetchBalance();
    check(balance.USDT?.free > 1000, `the user has free USDT, saw ${balance.USDT?.free}`);
    return { USDT: balance.USDT.total, BTC: balance.BTC?.total };
  });

  // A resting order: place, read, list, amend, cancel.
  const far = Number(ex.priceToPrecision(SYMBOL, last * 0.95));
  const resting = await step('createOrder limit', async () => {
    const order = await ex.createOrder(SYMBOL, 'limit', 'buy', 0.001, far, { text: `t-${Date.now().toString(36)}` });
    same([order.status, order.side, order.type, order.amount, order.filled, order.remaining], ['open', 'buy', 'limit', 0.001, 0, 0.001], 'the new order');
    check(order.price === far, `price ${far}, saw ${order.price}`);
    return order.id;
  });
  await step('held', async () => {
    const { USDT } = await ex.fetchBalance();
    check(Math.abs(USDT.used - far * 0.001) < 1e-6, `a buy holds price × amount: ${far * 0.001}, saw ${USDT.used}`);
  });
  await step('fetchOrder', async () => same((await ex.fetchOrder(resting, SYMBOL)).status, 'open', 'status'));
  await step('fetchOpenOrders', async () => {
    check((await ex.fetchOpenOrders(SYMBOL)).some((o) => o.id === resting), 'the order is among the open orders');
    check((await ex.fetchOpenOrders()).some((o) => o.id === resting), 'and among those of all pairs');
  });
  await step('editOrder', async () => {
    const lower = Number(ex.priceToPrecision(SYMBOL, far * 0.99));
    const order = await ex.editOrder(resting, SYMBOL, 'limit', 'buy', 0.002, lower);
    same([order.id, order.amount, order.price, order.status], [resting, 0.002, lower, 'open'], 'the amended order');
  });
  await step('cancelOrder', async () => {
    const order = await ex.cancelOrder(resting, SYMBOL);
    same([order.id, order.status], [resting, 'canceled'], 'the cancelled order');
    same((await ex.fetchOrder(resting, SYMBOL)).status, 'canceled', 'read back');
  });

  // Fills.
  const bought = await step('market buy by cost', async () => {
    const order = await ex.createMarketBuyOrderWithCost(SYMBOL, 100);
    same(order.status, 'closed', 'a market buy of 100 USDT ends closed');
    check(order.filled > 0 && order.cost > 90 && order.cost <= 100, `spends at most 100 USDT, saw ${order.cost}`);
    return { id: order.id, filled: order.filled, cost: order.cost };
  });
  await step('market buy by cost parameter', async () => {
    const order = await ex.createOrder(SYMBOL, 'market', 'buy', 1, undefined, { cost: 50 });
    check(order.cost > 40 && order.cost <= 50, `spends at most 50 USDT, saw ${order.cost}`);
  });
  const crossing = await step('limit buy that crosses', async () => {
    const { ask } = await ex.fetchTicker(SYMBOL);
    const limit = Number(ex.priceToPrecision(SYMBOL, ask * 1.01));
    const order = await ex.createOrder(SYMBOL, 'limit', 'buy', 0.001, limit);
    same([order.status, order.filled], ['closed', 0.001], 'a crossing limit buy is filled');
    check(order.average <= limit, `never worse than its limit: ${order.average} <= ${limit}`);
    return order.id;
  });
  await step('market sell', async () => {
    const order = await ex.createOrder(SYMBOL, 'market', 'sell', 0.001);
    same([order.status, order.filled], ['closed', 0.001], 'a market sell is filled');
  });
  await step('fetchClosedOrders', async () => {
    const closed = await ex.fetchClosedOrders(SYMBOL, undefined, 50);
    check(closed.some((o) => o.id === crossing && o.status === 'closed'), 'the filled order is among the finished');
    check(!closed.some((o) => o.status === 'open'), 'none of the finished is open');
    return closed.length;
  });
  await step('fetchMyTrades', async () => {
    const trades = await ex.fetchMyTrades(SYMBOL, undefined, 50);
    const mine = trades.filter((t) => t.order === crossing);
    check(mine.length > 0, 'the fills of the crossing order are listed');
    check(mine.every((t) => t.takerOrMaker === 'taker' && t.side === 'buy' && t.fee.cost > 0 && t.fee.currency === 'BTC'), 'a buyer pays a taker fee in BTC');
    const total = mine.reduce((sum, t) => sum + t.amount, 0);
    check(Math.abs(total - 0.001) < 1e-9, `the fills add up to 0.001, saw ${total}`);
    return trades.length;
  });
  await step('fetchOrderTrades', async () => {
    const trades = await ex.fetchOrderTrades(bought.id, SYMBOL);
    check(trades.length > 0 && trades.every((t) => t.order === bought.id), 'the filter by order keeps only its fills');
  });
  await step('fetchLedger', async () => {
    const all = await ex.fetchLedger(undefined, undefined, 100);
    check(all.length > 0 && all.every((e) => e.id && e.timestamp && e.amount > 0), 'ledger entries have id, time and amount');
    const usdt = await ex.fetchLedger('USDT', undefined, 100);
    check(usdt.length > 0 && usdt.every((e) => e.currency === 'USDT'), 'the filter by currency keeps only it');
    return all.length;
  });
  await step('fetchTradingFee', async () => {
    const fee = await ex.fetchTradingFee(SYMBOL);
    check(fee.taker > 0 && fee.taker < 0.01 && fee.maker >= 0, `fees are fractions, saw ${fee.taker}/${fee.maker}`);
    return [fee.maker, fee.taker];
  });
  await step('fetchTradingFees', async () => {
    const fees = await ex.fetchTradingFees();
    check(fees[SYMBOL].taker > 0, 'fees of all markets include BTC/USDT');
  });
  await step('fetchDepositAddress', async () => {
    const addresses = await ex.fetchDepositAddressesByNetwork('USDT');
    const first = Object.values(addresses)[0];
    check(first?.address?.length > 10, 'USDT has a deposit address');
    const network = Object.keys(addresses)[0];
    same((await ex.fetchDepositAddress('USDT', { network })).address, first.address, 'the same address when the network is named');
    return Object.keys(addresses);
  });
  await step('fetchDeposits', async () => check(Array.isArray(await ex.fetchDeposits()), 'deposits are a list'));
  await step('fetchWithdrawals', async () => check(Array.isArray(await ex.fetchWithdrawals()), 'withdrawals are a list'));
  await step('fetchDepositWithdrawFees', async () => {
    const fees = await ex.fetchDepositWithdrawFees(['USDT']);
    check(fees.USDT !== undefined, 'USDT has withdrawal fees');
  });

  // Trigger orders.
  await step('trigger order', async () => {
    const below = Number(ex.priceToPrecision(SYMBOL, last * 0.93));
    const order = await ex.createOrder(SYMBOL, 'limit', 'sell', 0.001, below, { triggerPrice: below });
    check(order.id, 'a trigger order has an id');
    const read = await ex.fetchOrder(order.id, SYMBOL, { trigger: true });
    same([read.id, read.status, read.triggerPrice], [order.id, 'open', below], 'the trigger order read back');
    const open = await ex.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true });
    check(open.some((o) => o.id === order.id), 'it is listed');
    const cancelled = await ex.cancelOrder(order.id, SYMBOL, { trigger: true });
    same([cancelled.id, cancelled.status], [order.id, 'canceled'], 'the cancelled trigger order');
    const second = await ex.createOrder(SYMBOL, 'limit', 'sell', 0.001, below, { triggerPrice: below });
    const swept = await ex.cancelAllOrders(SYMBOL, { trigger: true });
    check(swept.some((o) => o.id === second.id), 'cancelling all trigger orders reaches it');
  });

  // Batches.
  await step('createOrders', async () => {
    const eth = Number(ex.priceToPrecision('ETH/USDT', (await ex.fetchTicker('ETH/USDT')).last * 0.95));
    const orders = await ex.createOrders([
      { symbol: SYMBOL, type: 'limit', side: 'buy', amount: 0.001, price: far },
      { symbol: SYMBOL, type: 'limit', side: 'buy', amount: 0.001, price: Number(ex.priceToPrecision(SYMBOL, far * 0.99)) },
      { symbol: 'ETH/USDT', type: 'limit', side: 'buy', amount: 100, price: eth },
    ]);
    same(orders.map((o) => o.status), ['open', 'open', 'rejected'], 'two placed, one refused for want of money');
    const cancelled = await ex.cancelOrders(orders.slice(0, 2).map((o) => o.id), SYMBOL);
    check(cancelled.length === 2, `both cancelled, saw ${cancelled.length}`);
    same((await ex.fetchOpenOrders(SYMBOL)).length, 0, 'nothing is left open');
  });
  await step('cancelAllOrders', async () => {
    await ex.createOrder(SYMBOL, 'limit', 'buy', 0.001, far);
    await ex.createOrder(SYMBOL, 'limit', 'buy', 0.001, far);
    const cancelled = await ex.cancelAllOrders(SYMBOL);
    check(cancelled.length === 2, `two cancelled, saw ${cancelled.length}`);
    same((await ex.fetchOpenOrders(SYMBOL)).length, 0, 'nothing is left open');
  });
  await step('post-only', async () => {
    const { ask } = await ex.fetchTicker(SYMBOL);
    const limit = Number(ex.priceToPrecision(SYMBOL, ask * 1.02));
    await refused('a post-only buy above the ask', () => ex.createOrder(SYMBOL, 'limit', 'buy', 0.001, limit, { postOnly: true }),
      (e) => e instanceof ccxt.OrderImmediatelyFillable);
  });

  // Refusals, by the exception a bot would catch.
  await step('InsufficientFunds', () => refused('a buy beyond the balance', () => ex.createOrder(SYMBOL, 'limit', 'buy', 5, far),
    (e) => e instanceof ccxt.InsufficientFunds).then(() => undefined));
  await step('too small', async () => {
    // ccxt has a rule that turns this text into InvalidOrder, but looks at the label first: what a bot sees is BadRequest with the text.
    await refused('an order below the minimum value', () => ex.createOrder(SYMBOL, 'limit', 'buy', ex.market(SYMBOL).precision.amount, far),
      (e) => (e instanceof ccxt.BadRequest || e instanceof ccxt.InvalidOrder) && e.message.includes('Your order size'));
  });
  await step('BadSymbol', () => refused('an unknown pair', () => ex.publicSpotGetTickers({ currency_pair: 'NO_SUCHPAIR' }),
    (e) => e instanceof ccxt.BadSymbol).then(() => undefined));
  await step('OrderNotFound', async () => {
    await refused('an unknown order id', () => ex.fetchOrder('999999999999', SYMBOL), (e) => e instanceof ccxt.OrderNotFound);
    await refused('cancelling it', () => ex.cancelOrder('999999999999', SYMBOL), (e) => e instanceof ccxt.OrderNotFound);
  });
  await step('AuthenticationError', async () => {
    const wrong = connect(env('KEY'), 'wrong' + env('SECRET'));
    await refused('a wrong secret', () => wrong.fetchBalance(), (e) => e instanceof ccxt.AuthenticationError);
    const unknown = connect('0'.repeat(32), env('SECRET'));
    await refused('an unknown key', () => unknown.fetchBalance(), (e) => e instanceof ccxt.AuthenticationError);
  });
  await step('transfer without the account', () => refused('a transfer to a wallet that does not exist', () => ex.transfer('USDT', 1, 'spot', 'spot'),
    (e) => e instanceof ccxt.ExchangeError).then(() => undefined));
  await step('transfer beyond the balance', async () => {
    await refused('more than the user has', () => ex.transfer('USDT', 1e12, 'spot', 'swap'), (e) => e instanceof ccxt.ExchangeError);
  });
  await step('withdraw', () => refused('withdrawals are not built', () => ex.withdraw('USDT', 10, '0x' + '1'.repeat(40), undefined, { network: 'ERC20' }),
    (e) => e instanceof ccxt.BaseError).then(() => undefined));
});
