// The official Node SDK, group by group: spot, account, wallet, sub-accounts.
import gate from 'gate-api';
import { base, check, env, same, scenario, sleep, Mismatch } from './common.mjs';

const connect = (key, secret) => {
  const client = new gate.ApiClient(`${base}/api/v4`);
  if (key) client.setApiKeySecret(key, secret);
  return client;
};

const PAIR = 'BTC_USDT';
const body = async (call) => (await call).body;
const status = async (call) => (await call).response.status;
const DECIMAL = /^-?\d+(\.\d+)?$/;

/** Expects the documented refusal: HTTP status and label. */
const refusedWith = async (what, call, wantedStatus, ...labels) => {
  let answer;
  try {
    answer = await call();
  } catch (error) {
    if (!error.response) throw error;
    const { label, message } = error.response.data ?? {};
    check(error.response.status === wantedStatus && labels.includes(label), `${what}: expected ${wantedStatus} ${labels.join(' or ')}, saw ${error.response.status} ${label} (${message})`);
    check(typeof message === 'string' && message.trim().length > 0, `${what}: a refusal carries a sentence`);
    return;
  }
  throw new Mismatch(`${what}: expected ${wantedStatus} ${labels.join(' or ')}, saw ${String(answer.response.status)}`);
};

await scenario('gate-api', async (step) => {
  const client = connect(env('KEY'), env('SECRET'));
  const spot = new gate.SpotApi(client);
  const wallet = new gate.WalletApi(client);
  const account = new gate.AccountApi(client);
  const subs = new gate.SubAccountApi(client);
  const anonymous = new gate.SpotApi(connect());

  const pair = await step('markets', async () => {
    const pairs = await body(anonymous.listCurrencyPairs());
    check(pairs.length >= 60, `at least 60 pairs, saw ${pairs.length}`);
    const one = await body(anonymous.getCurrencyPair(PAIR));
    same([one.id, one.base, one.quote, one.tradeStatus], [PAIR, 'BTC', 'USDT', 'tradable'], 'BTC_USDT');
    same(pairs.find((p) => p.id === PAIR), one, 'the list and the single pair agree');
    return { precision: one.precision, amountPrecision: one.amountPrecision };
  });
  const price = (value) => Number(value).toFixed(pair.precision);
  const ticker = await step('public data', async () => {
    const [one] = await body(anonymous.listTickers({ currencyPair: PAIR }));
    check(Number(one.highestBid) < Number(one.lowestAsk), 'bid below ask');
    const book = await body(anonymous.listOrderBook(PAIR, { limit: 50, withId: true }));
    check(book.bids.length > 0 && book.asks.length > 0 && book.id > 0, 'a book with an id');
    const trades = await body(anonymous.listTrades(PAIR, { limit: 10 }));
    check(trades.length > 0 && trades.length <= 10 && DECIMAL.test(trades[0].price), 'at most ten public trades');
    const candles = await body(anonymous.listCandlesticks(PAIR, { interval: '1m', limit: 10 }));
    check(candles.length === 10 && candles[0].length === 8, 'ten candles of eight texts');
    check(candles.every((c) => c.every((cell) => typeof cell === 'string')), 'candle cells are texts');
    const currencies = await body(anonymous.listCurrencies());
    check(currencies.some((c) => c.currency === 'BTC'), 'BTC is a currency');
    same((await body(anonymous.getCurrency('BTC'))).currency, 'BTC', 'one currency');
    const { serverTime } = await body(anonymous.getSystemTime());
    check(serverTime > 1.7e12, 'the time is in milliseconds');
    return { last: one.last };
  });
  const far = price(ticker.last * 0.95);

  const id = await step('place', async () => {
    const { response, body: order } = await spot.createOrder({ currencyPair: PAIR, side: 'buy', type: 'limit', amount: '0.001', price: far, timeInForce: 'gtc', text: 't-sdk-1' });
    same(response.status, 201, 'status');
    same([order.status, order.finishAs, order.text, order.account, Number(order.left)], ['open', 'open', 't-sdk-1', 'spot', 0.001], 'the new order');
    check(response.headers['x-gate-trace-id'] && response.headers['x-gate-ratelimit-limit'], 'trace id and rate limit headers are there');
    return order.id;
  });
  await step('read', async () => {
    same((await body(spot.getOrder(id, PAIR))).id, id, 'by id');
    same((await body(spot.getOrder('t-sdk-1', PAIR))).id, id, 'by text');
    check((await body(spot.listOrders(PAIR, 'open'))).some((o) => o.id === id), 'among the open orders of the pair');
    const all = await body(spot.listAllOpenOrders());
    check(all.find((p) => p.currencyPair === PAIR)?.orders.some((o) => o.id === id), 'and among all open orders');
  });
  await step('amend', async () => {
    const order = await body(spot.amendOrder(id, { amount: '0.002', price: price(far * 0.99) }, { currencyPair: PAIR }));
    same([order.id, Number(order.amount), order.status], [id, 0.002, 'open'], 'the amended order');
  });
  await step('cancel', async () => {
    const order = await body(spot.cancelOrder(id, PAIR));
    same([order.id, order.status, order.finishAs], [id, 'cancelled', 'cancelled'], 'the cancelled order');
  });
  const filled = await step('fill', async () => {
    const buy = await body(spot.createOrder({ currencyPair: PAIR, side: 'buy', type: 'market', amount: '100', timeInForce: 'ioc', account: 'spot' }));
    same([buy.status, buy.finishAs, buy.feeCurrency], ['closed', 'filled', 'BTC'], 'a market buy');
    check(Number(buy.filledTotal) > 90 && Number(buy.fee) > 0, `fills for nearly 100 USDT, saw ${buy.filledTotal}`);
    const sell = await body(spot.createOrder({ currencyPair: PAIR, side: 'sell', type: 'market', amount: '0.001', timeInForce: 'ioc' }));
    same([sell.status, sell.feeCurrency], ['closed', 'USDT'], 'a market sell');
    return buy.id;
  });
  await step('my trades', async () => {
    const mine = await body(spot.listMyTrades({ currencyPair: PAIR, orderId: filled }));
    check(mine.length > 0 && mine.every((t) => t.orderId === filled && t.role === 'taker'), 'the fills of the order');
    const page = await body(spot.listMyTrades({ currencyPair: PAIR, limit: 1, page: 2 }));
    check(page.length === 1 && page[0].id !== (await body(spot.listMyTrades({ currencyPair: PAIR, limit: 1 })))[0].id, 'the second page is another trade');
    check((await body(spot.listOrders(PAIR, 'finished', { side: 'sell' }))).every((o) => o.side === 'sell'), 'the filter by side keeps only it');
  });
  await step('account book', async () => {
    const book = await body(spot.listSpotAccountBook({ limit: 100 }));
    check(book.length > 0 && book.every((e) => DECIMAL.test(e.change) && DECIMAL.test(e.balance) && e.type), 'entries with change, balance and type');
    const btc = await body(spot.listSpotAccountBook({ currency: 'BTC' }));
    check(btc.length > 0 && btc.every((e) => e.currency === 'BTC'), 'the filter by currency keeps only it');
    const accounts = await body(spot.listSpotAccounts({ currency: 'BTC' }));
    same(accounts.length, 1, 'one account of one currency');
    const newest = btc[0];
    check(Number(newest.balance) >= 0, 'the running balance is not negative');
  });
  await step('candles after the fill', async () => {
    const [candle] = (await body(anonymous.listCandlesticks(PAIR, { interval: '1m', limit: 1 }))).slice(-1);
    check(Number(candle[1]) >= 0 && DECIMAL.test(candle[2]), 'the current candle');
  });
  await step('fees', async () => {
    const fee = await body(spot.getFee({ currencyPair: PAIR }));
    check(Number(fee.takerFee) > 0 && fee.userId > 0, 'the fee of the user');
    const many = await body(spot.getBatchSpotFee(`${PAIR},ETH_USDT`));
    check(Number(many[PAIR]?.takerFee ?? many[PAIR]?.taker_fee) > 0 && many.ETH_USDT, 'fees of two pairs');
  });

  await sleep(1100); // ten placements and amendments a second and market are allowed; the SDK does not slow itself down
  await step('batches', async () => {
    const item = (text, extra = {}) => ({ text, currencyPair: PAIR, type: 'limit', account: 'spot', side: 'buy', amount: '0.001', price: far, timeInForce: 'gtc', ...extra });
    const placed = await body(spot.createBatchOrders([item('t-b1'), item('t-b2'), item('t-b3', { amount: '5' })]));
    same(placed.map((o) => o.succeeded), [true, true, false], 'two placed, one refused');
    same([placed[2].label, placed[2].text], ['BALANCE_NOT_ENOUGH', 't-b3'], 'the refusal says why');
    const amended = await body(spot.amendBatchOrders(placed.slice(0, 2).map((o) => ({ orderId: o.id, currencyPair: PAIR, amount: '0.002' }))));
    same(amended.map((o) => [o.succeeded, Number(o.amount)]), [[true, 0.002], [true, 0.002]], 'both amended');
    const cancelled = await body(spot.cancelBatchOrders([...placed.slice(0, 2).map((o) => ({ currencyPair: PAIR, id: o.id })), { currencyPair: PAIR, id: '999999999999' }]));
    same(cancelled.map((o) => o.succeeded), [true, true, false], 'two cancelled, one unknown');
    await body(spot.createBatchOrders([item('t-b4'), item('t-b5')]));
    same((await body(spot.cancelOrders({ currencyPair: PAIR }))).length, 2, 'all of the pair cancelled');
  });
  await step('countdown', async () => {
    const { triggerTime } = await body(spot.countdownCancelAllSpot({ timeout: 30, currencyPair: PAIR }));
    check(triggerTime > Date.now(), `the countdown ends in the future, in milliseconds; saw ${triggerTime}`);
    await body(spot.countdownCancelAllSpot({ timeout: 0, currencyPair: PAIR }));
  });
  await step('price orders', async () => {
    const order = { market: PAIR, trigger: { price: price(ticker.last * 0.93), rule: '<=', expiration: 3600 }, put: { type: 'limit', side: 'sell', price: price(ticker.last * 0.93), amount: '0.001', account: 'normal', timeInForce: 'gtc' } };
    const { response, body: made } = await spot.createSpotPriceTriggeredOrder(order);
    same(response.status, 201, 'status');
    const read = await body(spot.getSpotPriceTriggeredOrder(String(made.id)));
    same([read.id, read.status, read.market, read.put.side], [made.id, 'open', PAIR, 'sell'], 'the price order');
    check((await body(spot.listSpotPriceTriggeredOrders('open', { market: PAIR }))).some((o) => String(o.id) === String(made.id)), 'it is listed');
    await body(spot.cancelSpotPriceTriggeredOrder(String(made.id)));
    check((await body(spot.listSpotPriceTriggeredOrders('finished'))).some((o) => String(o.id) === String(made.id)), 'and then among the finished');
    await body(spot.createSpotPriceTriggeredOrder(order));
    same((await body(spot.cancelSpotPriceTriggeredOrderList({ market: PAIR, account: 'normal' }))).length, 1, 'all cancelled');
  });

  await step('account', async () => {
    const detail = await body(account.getAccountDetail());
    check(detail.userId > 0 && Number(detail.key.mode) === 1, 'the account is classic');
    const limits = await body(account.getAccountRateLimit());
    check(limits.length > 0, 'there is a rate limit tier');
    await body(account.getAccountMainKeys());
    const before = (await body(account.getDebitFee())).enabled;
    await account.setDebitFee({ enabled: !before });
    same((await body(account.getDebitFee())).enabled, !before, 'the switch is kept');
    await account.setDebitFee({ enabled: before });
    return detail.userId;
  });
  await step('wallet', async () => {
    check((await body(wallet.listCurrencyChains('USDT'))).length > 0, 'USDT has chains');
    const address = await body(wallet.getDepositAddress('USDT'));
    check(address.currency === 'USDT' && address.multichainAddresses.length > 0, 'USDT has deposit addresses');
    check(Array.isArray(await body(wallet.listDeposits())) && Array.isArray(await body(wallet.listWithdrawals())), 'deposits and withdrawals are lists');
    check(Number((await body(wallet.getTradeFee())).takerFee) > 0, 'the trade fee');
    const total = await body(wallet.getTotalBalance({ currency: 'USDT' }));
    check(Number(total.total.amount) > 0 && Number(total.details.spot?.amount) > 0, 'the total balance and its spot part');
    check((await body(wallet.listWithdrawStatus({ currency: 'USDT' }))).length === 1, 'the withdrawal terms of one currency');
    check(Array.isArray(await body(wallet.listSavedAddress('USDT', {}).catch(() => wallet.listSavedAddress({ currency: 'USDT' })))), 'saved addresses are a list');
  });
  await step('sub-accounts', async () => {
    const name = `sub${Date.now().toString(36)}`;
    const { response, body: made } = await subs.createSubAccounts({ loginName: name, remark: 'made by the SDK', email: `${name}@example.com`, password: 'Passw0rd-1' });
    same(response.status, 201, 'status');
    check(made.userId > 0 && made.loginName === name, 'a sub-account with an id');
    check((await body(subs.listSubAccounts())).some((s) => String(s.userId) === String(made.userId)), 'it is listed');
    same((await body(subs.getSubAccount(made.userId))).loginName, name, 'read by id');

    const keyAnswer = await subs.createSubAccountKeys(made.userId, { mode: 1, name: 'bot', perms: [{ name: 'spot', readOnly: false }, { name: 'wallet', readOnly: true }] });
    const { key, secret } = keyAnswer.response.data; // the SDK's model has no field for the secret; the wire has
    check(key && secret, 'a new key is shown once with its secret');
    const keys = await body(subs.listSubAccountKeys(made.userId));
    check(keys.length === 1 && keys[0].key === key, 'the key is listed');
    same((await body(subs.getSubAccountKey(made.userId, key))).name, 'bot', 'read by key');

    check((await body(wallet.transferWithSubAccount({ subAccount: String(made.userId), currency: 'USDT', amount: '100', direction: 'to' }))).txId > 0, 'money to the sub-account');
    const sub = new gate.SpotApi(connect(key, secret));
    same(Number((await body(sub.listSpotAccounts({ currency: 'USDT' })))[0].available), 100, 'the sub-account has it');
    const balances = await body(wallet.listSubAccountBalances({ subUid: String(made.userId) }));
    same(Number(balances[0].available.USDT), 100, 'and the main account sees it');
    const transfers = await body(wallet.listSubAccountTransfers({ subUid: String(made.userId) }));
    check(transfers.length === 1 && transfers[0].direction === 'to', 'the transfer is listed');

    const order = { currencyPair: PAIR, side: 'buy', type: 'limit', amount: '0.0001', price: far };
    same((await body(sub.createOrder(order))).status, 'open', 'the sub-account trades');
    await body(sub.cancelOrders({ currencyPair: PAIR }));
    same(await status(subs.updateSubAccountKeys(made.userId, key, { mode: 1, name: 'reader', perms: [{ name: 'spot', readOnly: true }] })), 204, 'the key is changed');
    await refusedWith('a read-only key on a write', () => sub.createOrder(order), 403, 'READ_ONLY', 'FORBIDDEN');
    same(await status(subs.lockSubAccount(made.userId)), 204, 'locked');
    await refusedWith('a locked sub-account', () => sub.listSpotAccounts(), 403, 'SUB_ACCOUNT_LOCKED', 'ACCOUNT_LOCKED');
    same(await status(subs.unlockSubAccount(made.userId)), 204, 'unlocked');
    same((await body(sub.listSpotAccounts({ currency: 'USDT' }))).length, 1, 'it works again');
    same(await status(subs.deleteSubAccountKeys(made.userId, key)), 204, 'the key is deleted');
    await refusedWith('a deleted key', () => sub.listSpotAccounts(), 401, 'INVALID_KEY');
    check((await body(subs.listUnifiedMode())).some((m) => String(m.userId) === String(made.userId)), 'its account mode is listed');
  });

  await sleep(1100);
  await step('refusals', async () => {
    const order = { currencyPair: PAIR, side: 'buy', type: 'limit', amount: '0.001', price: far };
    await refusedWith('an unknown pair', () => spot.createOrder({ ...order, currencyPair: 'NO_SUCHPAIR' }), 400, 'INVALID_CURRENCY_PAIR');
    await refusedWith('too much', () => spot.createOrder({ ...order, amount: '5' }), 400, 'BALANCE_NOT_ENOUGH');
    await refusedWith('an off-tick price', () => spot.createOrder({ ...order, price: `${far}${pair.precision ? '' : '.'}123` }), 400, 'INVALID_PRECISION', 'INVALID_PARAM_VALUE');
    await refusedWith('not a number', () => spot.createOrder({ ...order, amount: 'NaN' }), 400, 'INVALID_PARAM_VALUE');
    await refusedWith('a negative amount', () => spot.createOrder({ ...order, amount: '-1' }), 400, 'INVALID_PARAM_VALUE');
    await refusedWith('an unknown order', () => spot.getOrder('999999999999', PAIR), 404, 'ORDER_NOT_FOUND');
    await refusedWith('a limit over the maximum', () => spot.listMyTrades({ limit: 1001 }), 400, 'INVALID_PARAM_VALUE');
    await refusedWith('a wrong secret', () => new gate.SpotApi(connect(env('KEY'), 'wrong')).listSpotAccounts(), 401, 'INVALID_SIGNATURE');
    await refusedWith('no key at all', () => anonymous.listSpotAccounts(), 401, 'MISSING_REQUIRED_HEADER', 'INVALID_KEY');
    await refusedWith('a product that is not built', () => new gate.EarnUniApi(client).listUniCurrencies(), 501, 'NOT_IMPLEMENTED');
  });
});
