// The official Node SDK on contracts: every call of FuturesApi and DeliveryApi that a trading program makes.
import gate from 'gate-api';
import { base, check, env, refused, same, scenario } from './common.mjs';

const client = new gate.ApiClient();
client.basePath = `${base}/api/v4`;
client.setApiKeySecret(env('KEY'), env('SECRET'));
const futures = new gate.FuturesApi(client);
const delivery = new gate.DeliveryApi(client);
const wallet = new gate.WalletApi(client);

const CONTRACT = 'BTC_USDT';
const body = async (call) => (await call).body;
const number = Number;
const labelled = (...labels) => (error) => labels.includes(error.response?.data?.label);

await scenario('gate-api-futures', async (step) => {
  const order = (fields) => body(futures.createFuturesOrder('usdt', { contract: CONTRACT, price: '0', tif: 'ioc', ...fields }));
  const position = () => body(futures.getPosition('usdt', CONTRACT));

  const contract = await step('contracts', async () => {
    const all = await body(futures.listFuturesContracts('usdt'));
    check(all.length >= 300, `at least 300 contracts, saw ${all.length}`);
    const one = await body(futures.getFuturesContract('usdt', CONTRACT));
    same([one.name, one.type, one.quantoMultiplier, one.markPriceRound, one.leverageMax], [CONTRACT, 'direct', '0.0001', '0.01', '200'], 'the terms of BTC_USDT');
    const inverse = await body(futures.getFuturesContract('btc', 'BTC_USD'));
    same([inverse.type, number(inverse.quantoMultiplier)], ['inverse', 0], 'the inverse contract');
    check(number(one.fundingRate) !== undefined && one.fundingNextApply > Date.now() / 1000, 'funding is announced');
    return { markPrice: one.markPrice, tick: one.orderPriceRound };
  });
  const mark = number(contract.markPrice);
  const at = (factor) => (Math.round((mark * factor) / number(contract.tick)) * number(contract.tick)).toFixed(1);
  await step('market data', async () => {
    const book = await body(futures.listFuturesOrderBook('usdt', CONTRACT, { limit: 20, withId: true }));
    check(book.bids.length >= 10 && number(book.bids[0].p) < number(book.asks[0].p) && book.id > 0, 'a book with an id');
    check((await body(futures.listFuturesTrades('usdt', CONTRACT, { limit: 10 }))).length > 0, 'trades');
    check((await body(futures.listFuturesTickers('usdt', { contract: CONTRACT })))[0].markPrice, 'a ticker with a mark');
    check((await body(futures.listFuturesCandlesticks('usdt', CONTRACT, { limit: 5, interval: '1m' }))).length > 0, 'candles');
    check((await body(futures.listFuturesCandlesticks('usdt', `mark_${CONTRACT}`, { limit: 5, interval: '1m' }))).length > 0, 'candles of the mark');
    check(Array.isArray(await body(futures.listFuturesPremiumIndex('usdt', CONTRACT, { limit: 5 }))), 'the premium');
    check(Array.isArray(await body(futures.listFuturesFundingRateHistory('usdt', CONTRACT, { limit: 5 }))), 'rates');
    check(Array.isArray(await body(futures.listFuturesInsuranceLedger('usdt'))), 'the insurance fund');
    check(Array.isArray(await body(futures.listContractStats('usdt', CONTRACT, { limit: 5 }))), 'statistics');
    check((await body(futures.getIndexConstituents('usdt', CONTRACT))).constituents.length >= 3, 'constituents of the index');
    same((await body(futures.listFuturesRiskLimitTiers('usdt', { contract: CONTRACT }))).length, 14, 'tiers');
    check(Array.isArray(await body(futures.listLiquidatedOrders('usdt', { contract: CONTRACT }))), 'public liquidations');
  });

  await step('transfer', async () => {
    await wallet.transfer({ currency: 'USDT', from: 'spot', to: 'futures', amount: '20000', settle: 'usdt' });
    const account = await body(futures.listFuturesAccounts('usdt'));
    same([number(account.total), number(account.available), account.currency, account.inDualMode], [20000, 20000, 'USDT', false], 'the account');
  });
  await step('leverage', async () => {
    const set = await body(futures.updatePositionLeverage('usdt', CONTRACT, '10'));
    same([set.leverage, set.size, set.mode], ['10', '0', 'single'], 'the position that is not there yet');
    await refused('leverage 1000', () => futures.updatePositionLeverage('usdt', CONTRACT, '1000'), labelled('LEVERAGE_TOO_HIGH', 'LEVERAGE_EXCEEDED', 'INVALID_PARAM_VALUE'));
  });

  await step('a resting order', async () => {
    const placed = await order({ size: '100', price: at(0.98), tif: 'gtc', text: 't-sdk' });
    same([placed.status, placed.size, placed.left, placed.text, placed.finishAs ?? '', placed.isReduceOnly], ['open', '100', '100', 't-sdk', '', false], 'the placed order');
    const id = String(placed.id);
    same(String((await body(futures.getFuturesOrder('usdt', id))).id), id, 'read by id');
    same(String((await body(futures.getFuturesOrder('usdt', 't-sdk'))).id), id, 'read by text');
    check((await body(futures.listFuturesOrders('usdt', 'open', { contract: CONTRACT }))).some((o) => String(o.id) === id), 'listed');
    const amended = await body(futures.amendFuturesOrder('usdt', id, { size: '120', price: at(0.97) }));
    same([amended.size, number(amended.price)], ['120', number(at(0.97))], 'amended');
    same((await body(futures.cancelFuturesOrder('usdt', id))).finishAs, 'cancelled', 'cancelled');
    same((await body(futures.getFuturesOrder('usdt', id))).status, 'finished', 'its status');
  });
  await step('batch', async () => {
    const placed = await body(futures.createBatchFuturesOrder('usdt', [
      { contract: CONTRACT, size: '10', price: at(0.96), tif: 'gtc', text: 't-b1' },
      { contract: CONTRACT, size: '-10', price: at(1.04), tif: 'gtc', text: 't-b2' },
      { contract: CONTRACT, size: '1', price: at(1.5), tif: 'gtc' },
    ]));
    same(placed.map((o) => o.succeeded), [true, true, false], 'two of three');
    const gone = await body(futures.cancelBatchFutureOrders('usdt', placed.slice(0, 1).map((o) => String(o.id))));
    same(gone.map((o) => o.succeeded), [true], 'cancelled by id');
    same((await body(futures.cancelFuturesOrders('usdt', { contract: CONTRACT }))).length, 1, 'the rest cancelled by contract');
  });
  await step('countdown', async () => {
    const { triggerTime } = await body(futures.countdownCancelAllFutures('usdt', { timeout: 30, contract: CONTRACT }));
    check(number(triggerTime) > 0, 'an instant');
    await futures.countdownCancelAllFutures('usdt', { timeout: 0, contract: CONTRACT });
  });

  await step('open, add, reduce, flip, close', async () => {
    same((await order({ size: '100' })).status, 'finished', 'opened');
    const opened = await position();
    same([opened.size, opened.mode, opened.leverage], ['100', 'single', '10'], 'the position');
    check(number(opened.liqPrice) > 0 && number(opened.liqPrice) < number(opened.entryPrice), 'a long is liquidated below its entry');
    check(opened.adlRanking >= 1 && opened.adlRanking <= 5, `a light from 1 to 5, saw ${opened.adlRanking}`);
    await order({ size: '50' });
    same((await position()).size, '150', 'added');
    await futures.updatePositionMargin('usdt', CONTRACT, '25');
    check(number((await position()).liqPrice) < number(opened.liqPrice) + 1e9, 'margin added');
    await refused('removing too much', () => futures.updatePositionMargin('usdt', CONTRACT, '-100000'), labelled('REMOVE_TOO_MUCH'));
    await order({ size: '-50', reduceOnly: true });
    same((await position()).size, '100', 'reduced');
    await refused('reduce-only that would increase', () => order({ size: '10', reduceOnly: true }), labelled('REDUCE_ONLY_FAIL', 'INCREASE_POSITION', 'INVALID_PARAM_VALUE', 'POSITION_EMPTY', 'REDUCE_EXCEEDED'));
    await order({ size: '-150' });
    same((await position()).size, '-50', 'flipped');
    const closed = await order({ size: '0', close: true });
    same([closed.isClose, closed.status], [true, 'finished'], 'closed');
    same((await position()).size, '0', 'flat');
    await refused('size 0 without close', () => order({ size: '0' }), (e) => e.response?.status === 400);
    const history = await body(futures.listPositionClose('usdt', { contract: CONTRACT }));
    check(history.length >= 2 && history.every((row) => row.pnl && row.side), 'two lives ended');
    const trades = await body(futures.getMyTrades('usdt', { contract: CONTRACT }));
    check(trades.length >= 5 && trades.every((t) => t.role === 'taker' && t.fee), 'my trades');
    const account = await body(futures.listFuturesAccounts('usdt'));
    const sum = number(account.history.pnl) + number(account.history.fee) + number(account.history.fund) + number(account.history.dnw);
    check(Math.abs(sum - number(account.total)) < 1e-6, `transfers, profit, fees and funding add up to the total: ${sum} and ${account.total}`);
    const pages = await body(futures.listFuturesAccountBook('usdt', { limit: 100 }));
    const booked = pages.reduce((total, row) => total + number(row.change), 0);
    check(Math.abs(booked - number(account.total)) < 1e-6, `the account book adds up to the total: ${booked} and ${account.total}`);
  });

  await step('cross', async () => {
    const set = await body(futures.updatePositionLeverage('usdt', CONTRACT, '0', { crossLeverageLimit: '20' }));
    same([set.leverage, set.crossLeverageLimit], ['0', '20'], 'cross');
    await order({ size: '-100' });
    const held = await position();
    same([held.size, held.leverage, number(held.margin)], ['-100', '0', 0], 'a cross short has no margin of its own');
    const account = await body(futures.listFuturesAccounts('usdt'));
    check(number(account.crossInitialMargin) > 0 && number(account.crossMaintenanceMargin) > 0 && number(account.crossMmr) > 1, 'the account shows what cross asks');
    await order({ size: '0', close: true });
  });
  await step('hedge', async () => {
    same((await body(futures.setDualMode('usdt', true))).inDualMode, true, 'hedge mode');
    await order({ size: '40' });
    await order({ size: '-30' });
    const legs = await body(futures.getDualModePosition('usdt', CONTRACT));
    same(legs.map((leg) => [leg.mode, leg.size]).sort(), [['dual_long', '40'], ['dual_short', '-30']], 'two legs');
    await refused('leaving with positions', () => futures.setDualMode('usdt', false), (e) => e.response?.status === 400);
    await order({ size: '0', reduceOnly: true, autoSize: 'close_long' });
    await order({ size: '0', reduceOnly: true, autoSize: 'close_short' });
    same((await body(futures.setDualMode('usdt', false))).inDualMode, false, 'one-way again');
  });

  await step('price-triggered orders', async () => {
    await order({ size: '20' });
    const trigger = { strategyType: 0, priceType: 1, price: at(0.9), rule: 2, expiration: 3600 };
    const created = await body(futures.createPriceTriggeredOrder('usdt', { initial: { contract: CONTRACT, size: -20, price: '0', tif: 'ioc', reduceOnly: true }, trigger }));
    const id = created.idString ?? String(created.id);
    same((await body(futures.getPriceTriggeredOrder('usdt', id))).status, 'open', 'stored');
    check((await body(futures.listPriceTriggeredOrders('usdt', 'open', { contract: CONTRACT }))).length === 1, 'listed');
    await refused('on the wrong side', () => futures.createPriceTriggeredOrder('usdt', { initial: { contract: CONTRACT, size: -20, price: '0', tif: 'ioc', reduceOnly: true }, trigger: { ...trigger, price: at(1.2) } }),
      (e) => /TRIGGER_PRICE/.test(e.response?.data?.label));
    await futures.cancelPriceTriggeredOrder('usdt', id);
    same((await body(futures.listPriceTriggeredOrders('usdt', 'open', { contract: CONTRACT }))).length, 0, 'cancelled');
    await order({ size: '0', close: true });
  });

  await step('trailing orders', async () => {
    const created = await body(futures.createTrailOrder('usdt', { contract: CONTRACT, amount: '-20', priceOffset: '2.5%', priceType: 3, text: 't-trail' }));
    const id = number(created.data.id);
    const waiting = await body(futures.createTrailOrder('usdt', { contract: CONTRACT, amount: '20', activationPrice: at(0.9), isGte: false, priceOffset: '50', priceType: 1 }));
    const { order: stored } = (await body(futures.getTrailOrderDetail('usdt', id))).data;
    same([stored.status, stored.statusCode, stored.priceOffset, stored.amount, stored.text], ['open', 'active', '2.5%', '-20', 't-trail'], 'stored');
    const level = number(stored.extremumPrice) * 0.975;
    check(Math.abs(number(stored.triggerPrice) - level) <= 0.02, `its level is 2.5 % below its maximum: ${stored.triggerPrice} and ${level}`);
    same((await body(futures.getTrailOrders('usdt', { contract: CONTRACT }))).orders.map((o) => o.statusCode).sort(), ['active', 'inactive'], 'two are open');
    same((await body(futures.updateTrailOrder('usdt', { id, priceOffset: '3%' }))).order.priceOffset, '3%', 'changed');
    same((await body(futures.getTrailOrderChangeLog('usdt', id))).changeLog.map((c) => [c.priceOffset, c.isCreate]), [['3%', false], ['2.5%', true]], 'its changes, the last first');
    const { order: stopped } = await body(futures.stopTrailOrder('usdt', { text: 't-trail' }));
    same([stopped.id, stopped.status, stopped.reason], [id, 'finished', 'cancelled'], 'stopped by its text');
    same((await body(futures.stopAllTrailOrders('usdt', { contract: CONTRACT }))).orders.map((o) => String(o.id)), [String(waiting.data.id)], 'the other with all');
    same((await body(futures.getTrailOrders('usdt', { isFinished: true, sortBy: 2 }))).orders.length, 2, 'both are records');
    await refused('an offset of everything', () => futures.createTrailOrder('usdt', { contract: CONTRACT, amount: '1', priceOffset: '100%' }), labelled('INVALID_PARAM_VALUE'));
  });
  await step('chase orders', async () => {
    const created = await body(futures.createChaseOrder('usdt', { contract: CONTRACT, amount: '20', priceLimit: '0', priceType: 2, priceGapType: 1, priceGapValue: '100', text: 't-chase' }));
    const { order: open } = await body(futures.getChaseOrderDetail('usdt', created.id));
    same([open.status, open.priceType, open.priceGapType, open.priceGapValue, open.suborderOngoing], ['open', 2, '1', '100', true], 'it has an order in the book');
    const child = await body(futures.getFuturesOrder('usdt', open.suborderId));
    same([child.tif, child.size, number(child.price)], ['poc', '20', number(open.suborderPrice)], 'a post-only order');
    same((await body(futures.getChaseOrders('usdt', 1, { contract: CONTRACT }))).orders.length, 1, 'listed');
    const { order: stopped } = await body(futures.stopChaseOrder('usdt', { id: created.id }));
    same([stopped.status, stopped.reason, stopped.suborderFinishAs], ['finished', 'cancelled', 'cancelled'], 'stopped with its order');
    same((await body(futures.getFuturesOrder('usdt', open.suborderId))).finishAs, 'cancelled', 'which is gone');
    same((await body(futures.stopAllChaseOrders('usdt', { contract: CONTRACT }))).orders.length, 0, 'nothing is left');
    same((await body(futures.getChaseOrders('usdt', 2, { isFinished: true }))).orders.length, 1, 'a record');
  });

  await step('refusals', async () => {
    await refused('margin below the requirement', () => order({ size: '1000000', price: at(1), tif: 'gtc' }), labelled('INSUFFICIENT_AVAILABLE', 'RISK_LIMIT_EXCEEDED', 'LIQUIDATE_IMMEDIATELY'));
    await refused('a price beyond the deviation', () => order({ size: '1', price: at(1.5), tif: 'gtc' }), labelled('PRICE_TOO_DEVIATED'));
    await refused('a contract that is not', () => futures.getFuturesContract('usdt', 'NO_SUCHCOIN'), labelled('CONTRACT_NOT_FOUND'));
    await refused('an order that is not', () => futures.getFuturesOrder('usdt', '999999999999'), labelled('ORDER_NOT_FOUND'));
  });
  await step('fee', async () => check((await body(futures.getFuturesFee('usdt', { contract: CONTRACT })))[CONTRACT].taker_fee, 'a rate'));

  await step('delivery', async () => {
    await wallet.transfer({ currency: 'USDT', from: 'spot', to: 'delivery', amount: '5000', settle: 'usdt' });
    const all = await body(delivery.listDeliveryContracts('usdt'));
    const last = all.filter((c) => c.underlying === 'BTC_USDT').sort((a, b) => a.expireTime - b.expireTime).at(-1);
    check(last && last.cycle, 'a BTC contract with a cycle');
    const placed = await body(delivery.createDeliveryOrder('usdt', { contract: last.name, size: '10', price: '0', tif: 'ioc' }));
    same(placed.status, 'finished', 'bought');
    same(String((await body(delivery.getDeliveryPosition('usdt', last.name))).size), '10', 'the position');
    await delivery.createDeliveryOrder('usdt', { contract: last.name, size: '0', price: '0', tif: 'ioc', close: true });
    check(Array.isArray(await body(delivery.listDeliverySettlements('usdt'))), 'settlements');
    return all.length;
  });
});
