// ccxt over REST on contracts, as a futures bot uses it: markets, prices, funding, orders, positions in both modes and both kinds of margin, triggers, refusals.
import ccxt from 'ccxt';
import { base, check, env, refused, same, scenario } from './common.mjs';

const connect = (key, secret) => {
  const exchange = new ccxt.gate({ apiKey: key, secret, options: { defaultType: 'swap' } });
  for (const side of ['public', 'private'])
    for (const section of Object.keys(exchange.urls.api[side])) exchange.urls.api[side][section] = `${base}/api/v4`;
  return exchange;
};

const SYMBOL = 'BTC/USDT:USDT';
const INVERSE = 'BTC/USD:BTC';
const near = (a, b, within) => Math.abs(a - b) <= within;

await scenario('ccxt-futures', async (step) => {
  const ex = connect(env('KEY'), env('SECRET'));
  const price = (symbol, value) => Number(ex.priceToPrecision(symbol, value));

  await step('loadMarkets', async () => {
    const markets = Object.values(await ex.loadMarkets());
    const swaps = markets.filter((m) => m.swap);
    const futures = markets.filter((m) => m.future);
    check(swaps.length >= 300, `at least 300 perpetual contracts, saw ${swaps.length}`);
    check(futures.length >= 4, `delivery contracts of several cycles, saw ${futures.length}`);
    check(ex.market(INVERSE).inverse && ex.market(SYMBOL).linear, 'linear and inverse');
    same(ex.market(SYMBOL).contractSize, 0.0001, 'base units a contract');
    check(futures.every((m) => m.expiry > Date.now()), 'every delivery contract expires later than now');
    return { swaps: swaps.length, futures: futures.length };
  });
  const mark = await step('fetchTicker', async () => {
    const ticker = await ex.fetchTicker(SYMBOL);
    check(ticker.bid > 0 && ticker.ask > ticker.bid && ticker.last > 0, `bid ${ticker.bid}, ask ${ticker.ask}, last ${ticker.last}`);
    check(ticker.markPrice > 0 && near(ticker.markPrice, ticker.indexPrice, ticker.indexPrice * 0.02), `mark ${ticker.markPrice} is near index ${ticker.indexPrice}`);
    return ticker.markPrice;
  });
  await step('fetchTickers', async () => {
    const tickers = Object.values(await ex.fetchTickers());
    check(tickers.length >= 300, `all tickers, saw ${tickers.length}`);
    const oneSided = tickers.filter((t) => !(t.bid > 0 && t.ask > t.bid)).map((t) => t.symbol);
    same(oneSided, [], 'every book has two sides');
    return tickers.length;
  });
  await step('fetchOrderBook', async () => {
    const book = await ex.fetchOrderBook(SYMBOL, 50);
    check(book.bids.length >= 10 && book.asks.length >= 10 && book.bids[0][0] < book.asks[0][0], 'a deep book that is not crossed');
    check(Number.isInteger(book.nonce) && book.nonce > 0, `nonce is the book id, saw ${book.nonce}`);
  });
  await step('fetchTrades', async () => {
    const trades = await ex.fetchTrades(SYMBOL, undefined, 20);
    check(trades.length > 0 && trades.every((t) => t.price > 0 && t.amount > 0 && t.id && t.timestamp && t.side), 'trades are whole');
  });
  for (const [name, call] of [['fetchOHLCV', 'fetchOHLCV'], ['fetchMarkOHLCV', 'fetchMarkOHLCV'], ['fetchIndexOHLCV', 'fetchIndexOHLCV']])
    await step(name, async () => {
      const candles = await ex[call](SYMBOL, '1m', undefined, 5);
      check(candles.length > 0 && candles.every(([, o, h, l, c]) => h >= Math.max(o, c) && l <= Math.min(o, c) && l > 0), 'candles are well formed');
      return candles.length;
    });
  await step('fetchFundingRate', async () => {
    const rate = await ex.fetchFundingRate(SYMBOL);
    check(Number.isFinite(rate.fundingRate) && rate.fundingTimestamp > Date.now(), `a rate and the instant it applies at: ${JSON.stringify(rate)}`);
    check(rate.markPrice > 0 && rate.indexPrice > 0, 'with mark and index');
  });
  await step('fetchFundingRates', async () => check(Object.keys(await ex.fetchFundingRates()).length >= 300, 'the rates of all contracts'));
  await step('fetchFundingRateHistory', async () => check(Array.isArray(await ex.fetchFundingRateHistory(SYMBOL, undefined, 10)), 'a history of rates'));
  await step('fetchLeverageTiers', async () => {
    const tiers = await ex.fetchMarketLeverageTiers(SYMBOL);
    check(tiers.length === 14 && tiers[0].maintenanceMarginRate === 0.003, `the published tiers: ${JSON.stringify(tiers[0])}`);
    check(tiers.every((t, i) => i === 0 || t.maintenanceMarginRate > tiers[i - 1].maintenanceMarginRate), 'rates rise with the tiers');
  });

  await step('transfer', async () => {
    await ex.transfer('USDT', 20000, 'spot', 'swap');
    const balance = await ex.fetchBalance({ type: 'swap', settle: 'usdt' });
    same(balance.USDT.total, 20000, 'what was transferred is there');
    await refused('more than there is', () => ex.transfer('USDT', 1e9, 'spot', 'swap'), (e) => e instanceof ccxt.BaseError);
  });

  // A resting order.
  await step('setLeverage', async () => void (await ex.setLeverage(10, SYMBOL)));
  await step('resting order', async () => {
    const far = price(SYMBOL, mark * 0.98);
    const order = await ex.createOrder(SYMBOL, 'limit', 'buy', 100, far, { clientOrderId: 't-rest' });
    same([order.status, order.side, order.type, order.amount, order.price, order.filled, order.remaining], ['open', 'buy', 'limit', 100, far, 0, 100], 'the new order');
    const used = (await ex.fetchBalance({ type: 'swap', settle: 'usdt' })).USDT;
    const value = 100 * 0.0001 * far;
    check(near(20000 - used.free, value * (0.1 + 2 * 0.00075), 0.01), `a buy of ${value} reserves a tenth of it and two fees, saw ${20000 - used.free}`);
    check((await ex.fetchOpenOrders(SYMBOL)).some((o) => o.id === order.id), 'it is listed');
    const lower = price(SYMBOL, far * 0.99);
    const amended = await ex.editOrder(order.id, SYMBOL, 'limit', 'buy', 200, lower);
    same([amended.id, amended.amount, amended.price, amended.status], [order.id, 200, lower, 'open'], 'the amended order');
    same((await ex.fetchOrder(order.id, SYMBOL)).price, lower, 'read back');
    same((await ex.cancelOrder(order.id, SYMBOL)).status, 'canceled', 'the cancelled order');
    same((await ex.fetchBalance({ type: 'swap', settle: 'usdt' })).USDT.free, 20000, 'nothing is reserved any more');
  });

  // One-way, isolated: open, add, reduce, flip, close.
  const position = async (symbol = SYMBOL, params = {}) => (await ex.fetchPositions([symbol], params)).find((p) => p.contracts > 0);
  await step('open', async () => {
    const order = await ex.createOrder(SYMBOL, 'market', 'buy', 100);
    same([order.status, order.filled, order.remaining], ['closed', 100, 0], 'a market buy is filled');
    const held = await position();
    same([held.side, held.contracts, held.marginMode, held.leverage], ['long', 100, 'isolated', 10], 'the position');
    check(near(held.entryPrice, order.average, 0.2) && held.liquidationPrice > 0 && held.liquidationPrice < held.entryPrice, `entry ${held.entryPrice}, liquidation ${held.liquidationPrice}`);
    check(held.initialMargin > 0 && held.maintenanceMargin > 0 && held.maintenanceMargin < held.initialMargin, 'margins');
  });
  await step('add', async () => {
    await ex.createOrder(SYMBOL, 'market', 'buy', 50);
    same((await position()).contracts, 150, 'contracts');
  });
  await step('addMargin and reduceMargin', async () => {
    const before = await position();
    await ex.addMargin(SYMBOL, 50);
    const more = await position();
    check(near(Number(more.info.margin), Number(before.info.margin) + 50, 1e-9), `50 of margin were added: ${before.info.margin} to ${more.info.margin}`);
    check(more.liquidationPrice < before.liquidationPrice, `more margin takes the liquidation price away: ${before.liquidationPrice} to ${more.liquidationPrice}`);
    await ex.reduceMargin(SYMBOL, 40); // a loss since the fill must stay covered
    await refused('more than may leave', () => ex.reduceMargin(SYMBOL, 1e6), (e) => e instanceof ccxt.BaseError);
  });
  await step('reduce', async () => {
    const order = await ex.createOrder(SYMBOL, 'market', 'sell', 50, undefined, { reduceOnly: true });
    same([order.status, order.filled, order.reduceOnly], ['closed', 50, true], 'a reduce-only order');
    same((await position()).contracts, 100, 'contracts');
    await refused('reduce-only that would increase', () => ex.createOrder(SYMBOL, 'market', 'buy', 10, undefined, { reduceOnly: true }), (e) => e instanceof ccxt.BaseError);
  });
  await step('flip', async () => {
    await ex.createOrder(SYMBOL, 'market', 'sell', 150);
    const held = await position();
    same([held.side, held.contracts], ['short', 50], 'long 100 less 150');
  });
  await step('close', async () => {
    const order = await ex.closePosition(SYMBOL);
    same([order.status, order.filled], ['closed', 50], 'closed');
    same(await position(), undefined, 'no position is left');
  });
  await step('fetchMyTrades', async () => {
    const trades = await ex.fetchMyTrades(SYMBOL, undefined, 50);
    check(trades.length >= 5 && trades.every((t) => t.fee.cost !== undefined && t.takerOrMaker), `fills with their fees and roles, saw ${trades.length}`);
    return trades.length;
  });
  await step('fetchPositionsHistory', async () => {
    const closed = await ex.fetchPositionsHistory([SYMBOL], undefined, 10);
    check(closed.length >= 2, `the long and the short are in the history, saw ${closed.length}`);
  });

  // Cross.
  await step('cross', async () => {
    await ex.setLeverage(20, SYMBOL, { marginMode: 'cross' });
    await ex.createOrder(SYMBOL, 'market', 'sell', 100);
    const held = await position();
    same([held.side, held.contracts, held.marginMode], ['short', 100, 'cross'], 'a cross position');
    check(held.liquidationPrice > held.entryPrice || held.liquidationPrice === undefined || held.liquidationPrice === 0, 'a short is liquidated above its entry, if at all');
    await ex.closePosition(SYMBOL);
  });

  // Hedge mode: both legs at once.
  await step('hedge', async () => {
    await ex.setPositionMode(true, SYMBOL);
    await ex.createOrder(SYMBOL, 'market', 'buy', 40);
    await ex.createOrder(SYMBOL, 'market', 'sell', 30);
    const legs = (await ex.fetchPositions([SYMBOL])).filter((p) => p.contracts > 0);
    same(legs.map((p) => [p.side, p.contracts]).sort(), [['long', 40], ['short', 30]], 'two legs');
    await refused('leaving the mode with positions', () => ex.setPositionMode(false, SYMBOL), (e) => e instanceof ccxt.BaseError);
    for (const auto_size of ['close_long', 'close_short'])
      await ex.privateFuturesPostSettleOrders({ settle: 'usdt', contract: 'BTC_USDT', size: 0, price: '0', tif: 'ioc', reduce_only: true, auto_size });
    same((await ex.fetchPositions([SYMBOL])).filter((p) => p.contracts > 0).length, 0, 'both legs are closed');
    await ex.setPositionMode(false, SYMBOL);
  });

  // Triggers: a stop-loss and a take-profit behind a position.
  await step('triggers', async () => {
    await ex.createOrder(SYMBOL, 'market', 'buy', 20);
    const stop = await ex.createOrder(SYMBOL, 'market', 'sell', 20, undefined, { stopLossPrice: price(SYMBOL, mark * 0.9), reduceOnly: true });
    const profit = await ex.createOrder(SYMBOL, 'market', 'sell', 20, undefined, { takeProfitPrice: price(SYMBOL, mark * 1.1), reduceOnly: true });
    const open = await ex.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true });
    check([stop, profit].every((t) => open.some((o) => o.id === t.id)), 'both are listed');
    same((await ex.fetchOrder(stop.id, SYMBOL, { trigger: true })).status, 'open', 'its status');
    await ex.cancelOrder(stop.id, SYMBOL, { trigger: true });
    await ex.cancelAllOrders(SYMBOL, { trigger: true });
    same((await ex.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true })).length, 0, 'none is left');
    await refused('a stop on the wrong side', () => ex.createOrder(SYMBOL, 'market', 'sell', 20, undefined, { stopLossPrice: price(SYMBOL, mark * 1.2), reduceOnly: true }),
      (e) => e instanceof ccxt.BaseError);
    await ex.closePosition(SYMBOL);
  });

  // Inverse.
  await step('inverse', async () => {
    await ex.transfer('BTC', 0.5, 'spot', 'swap');
    await ex.setLeverage(5, INVERSE);
    const order = await ex.createOrder(INVERSE, 'market', 'sell', 100);
    same([order.status, order.filled], ['closed', 100], 'sold 100 USD');
    const held = await position(INVERSE, { settle: 'btc' });
    same([held.side, held.contracts], ['short', 100], 'the position');
    await ex.closePosition(INVERSE);
    const left = (await ex.fetchBalance({ type: 'swap', settle: 'btc' })).BTC;
    check(left.total < 0.5 && left.total > 0.49, `fees and spread in BTC, saw ${left.total}`);
  });

  // Delivery.
  await step('delivery', async () => {
    const dated = Object.values(ex.markets).filter((m) => m.future && m.base === 'BTC').sort((a, b) => a.expiry - b.expiry).at(-1);
    await ex.transfer('USDT', 5000, 'spot', 'delivery');
    const order = await ex.createOrder(dated.symbol, 'market', 'buy', 10);
    same([order.status, order.filled], ['closed', 10], 'a delivery contract is bought');
    const held = await position(dated.symbol, { settle: 'usdt' }); // ccxt's own default is btc
    same([held.side, held.contracts], ['long', 10], 'the position');
    await ex.createOrder(dated.symbol, 'market', 'sell', 10, undefined, { reduceOnly: true });
    return dated.id;
  });

  // Refusals.
  await step('refusals', async () => {
    await refused('leverage beyond the contract', () => ex.setLeverage(1000, SYMBOL), (e) => e instanceof ccxt.BaseError);
    await refused('margin below the requirement', () => ex.createOrder(SYMBOL, 'limit', 'buy', 1_000_000, price(SYMBOL, mark)), (e) => e instanceof ccxt.InsufficientFunds || e instanceof ccxt.BaseError);
    await refused('a price beyond the deviation', () => ex.createOrder(SYMBOL, 'limit', 'buy', 1, price(SYMBOL, mark * 1.5)), (e) => e instanceof ccxt.BaseError);
    await refused('a contract that is not', () => ex.publicFuturesGetSettleContractsContract({ settle: 'usdt', contract: 'NO_SUCHCOIN' }), (e) => e instanceof ccxt.BaseError);
    await refused('an unknown settle currency', () => ex.publicFuturesGetSettleTickers({ settle: 'doge' }), (e) => e instanceof ccxt.BaseError);
  });
  await step('fetchLedger', async () => {
    const entries = await ex.fetchLedger('USDT', undefined, 100, { type: 'swap' });
    check(entries.some((e) => e.type === 'trade' || e.type === 'fee' || e.info.type === 'pnl'), `profit and fees are in the account book: ${JSON.stringify(entries[0])}`);
  });
  await step('transfer back', async () => {
    const { USDT } = await ex.fetchBalance({ type: 'swap', settle: 'usdt' });
    same(USDT.used, 0, 'nothing is in use');
    await ex.transfer('USDT', Math.floor(USDT.free), 'swap', 'spot');
  });
});
