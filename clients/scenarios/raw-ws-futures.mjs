// The perpetual and delivery sockets without a client library: every public channel, the local order book, private channels and order entry.
import { check, env, same, scenario, sleep, within } from './common.mjs';
import { connect, follow, now, rest } from './socket.mjs';

const CONTRACT = 'BTC_USDT';
const SECONDS = Number(process.env.WATCH_SECONDS ?? 5);
const url = (path) => env('BASE_URL').replace(/\/+$/, '').replace(/^http/, 'ws') + path;
const pairs = (levels) => levels.map(({ p, s }) => [p, s]);
const isNumber = (value) => typeof value === 'number';

await scenario('raw-ws-futures', async (step) => {
  const socket = await within(10, 'connecting', connect(url('/v4/ws/usdt')));

  await step('ping', async () => {
    socket.send({ time: now(), id: 77, channel: 'futures.ping' });
    const pong = await socket.first('the pong', (f) => f.channel === 'futures.pong');
    same([pong.id, pong.event, pong.result], [77, '', null], 'the pong');
  });
  await step('other addresses', async () => {
    for (const path of ['/v4/ws/usdt/', '/v4/ws/futures/usdt', '/fx/v4/ws/usdt', '/v4/ws/btc', '/v4/ws/delivery/usdt']) {
      const other = await within(10, path, connect(url(path)));
      other.send({ time: now(), channel: 'futures.ping' });
      await other.first(`a pong at ${path}`, (f) => f.channel === 'futures.pong');
      other.close();
    }
  });
  await step('local book', async () => {
    same((await socket.subscribe('futures.order_book_update', [CONTRACT, '100ms', '100'])).result, { status: 'success' }, 'subscribing');
    const isUpdate = (f) => f.channel === 'futures.order_book_update' && f.event === 'update' && f.result.s === CONTRACT;
    await socket.first('a first update', isUpdate, 30);
    await sleep(300);
    const snapshot = await rest('GET', '/futures/usdt/order_book', `contract=${CONTRACT}&limit=100&with_id=true`);
    await sleep(SECONDS * 1000);
    const updates = socket.frames.filter(isUpdate).map(({ result }) => ({ ...result, b: pairs(result.b ?? []), a: pairs(result.a ?? []) }));
    const { at, applied } = follow(snapshot.id, pairs(snapshot.bids), pairs(snapshot.asks), updates);
    check(applied > 0, `updates were applied within ${SECONDS} s`);
    await socket.subscribe('futures.order_book_update', [CONTRACT, '100ms', '100'], 'unsubscribe');
    return { applied, from: snapshot.id, to: at };
  });
  await step('public channels', async () => {
    const wanted = [
      ['futures.tickers', [CONTRACT], (r) => Array.isArray(r) && r[0].contract === CONTRACT && typeof r[0].mark_price === 'string' && r[0].funding_rate !== undefined],
      ['futures.trades', [CONTRACT], (r) => Array.isArray(r) && r[0].contract === CONTRACT && Number.isInteger(r[0].size) && Number.isInteger(r[0].id) && typeof r[0].price === 'string'],
      ['futures.book_ticker', [CONTRACT], (r) => r.s === CONTRACT && Number.isInteger(r.u) && typeof r.b === 'string' && isNumber(r.A)],
      ['futures.order_book', [CONTRACT, '20', '0'], (r) => r.contract === CONTRACT && Number.isInteger(r.id) && r.bids.length > 0 && isNumber(r.bids[0].s)],
      ['futures.candlesticks', ['1m', CONTRACT], (r) => Array.isArray(r) && r[0].n === `1m_${CONTRACT}` && Number.isInteger(r[0].t) && typeof r[0].o === 'string'],
      ['futures.obu', [`ob.${CONTRACT}.50`], (r) => r.s === `ob.${CONTRACT}.50` && r.full === true],
    ];
    for (const [channel, payload] of wanted) same((await socket.subscribe(channel, payload)).result, { status: 'success' }, `subscribing to ${channel}`);
    for (const [channel, , fits] of wanted) {
      const frame = await socket.first(`a push on ${channel}`, (f) => f.channel === channel && (f.event === 'update' || f.event === 'all'), 40);
      check(fits(frame.result), `${channel} has its fields: ${JSON.stringify(frame.result).slice(0, 400)}`);
    }
    for (const [channel, payload] of wanted) await socket.subscribe(channel, payload, 'unsubscribe');
    for (const [channel, payload] of [['futures.public_liquidates', [CONTRACT]], ['futures.contract_stats', [CONTRACT, '1m']]])
      same((await socket.subscribe(channel, payload)).result, { status: 'success' }, `subscribing to ${channel}`);
  });
  await step('errors', async () => {
    same((await socket.subscribe('futures.trades', ['NO_SUCHCOIN'])).error?.code, 2, 'an unknown contract');
    same((await socket.subscribe('futures.orders', ['0', '!all'])).error?.code, 4, 'a private channel without auth');
  });

  await step('login', async () => {
    const early = await socket.call('futures.order_list', { contract: CONTRACT, status: 'open' });
    check(['400', '401'].includes(early.header.status) && early.data.errs.label === 'AUTHENTICATION_FAILED', 'not before login');
    same((await socket.call('futures.login', undefined, { login: true })).header.status, '200', 'the login');
  });
  await step('private channels and order entry', async () => {
    for (const [channel, payload] of [['futures.orders', ['0', '!all']], ['futures.usertrades', ['0', CONTRACT]], ['futures.positions', ['0', '!all']], ['futures.balances', ['0']], ['futures.position_closes', ['0', CONTRACT]],
      ['futures.liquidates', ['0', '!all']], ['futures.auto_deleverages', ['0', '!all']], ['futures.reduce_risk_limits', ['0', '!all']], ['futures.autoorders', ['0', '!all']], ['futures.position_adl_rank', ['!all']]])
      same((await socket.subscribe(channel, payload, 'subscribe', true)).result, { status: 'success' }, `subscribing to ${channel}`);
    await rest('POST', '/wallet/transfers', '', JSON.stringify({ currency: 'USDT', from: 'spot', to: 'futures', amount: '10000', settle: 'usdt' }), true);
    const put = await socket.first('the transfer on futures.balances', (f) => f.channel === 'futures.balances' && f.event === 'update');
    same([put.result[0].type, put.result[0].change, put.result[0].balance], ['dnw', 10000, 10000], 'the transfer');
    const { mark_price: mark } = await rest('GET', `/futures/usdt/contracts/${CONTRACT}`);
    const price = (Math.round(mark * 9.8) / 10).toFixed(1);

    const order = { contract: CONTRACT, size: 10, price, tif: 'gtc', text: 't-raw' };
    const placed = await socket.call('futures.order_place', order);
    same([placed.header.status, placed.data.result.status, placed.data.result.text, placed.data.result.size], ['200', 'open', 't-raw', 10], 'the placed order');
    check(socket.frames.some((f) => f.request_id === placed.request_id && f.ack === true), 'the acknowledgement came too');
    const id = placed.data.result.id;
    const pushed = (await socket.first('the order on futures.orders', (f) => f.channel === 'futures.orders' && f.event === 'update' && f.result.some((o) => o.id === id))).result.find((o) => o.id === id);
    check(isNumber(pushed.price) && typeof pushed.user === 'string' && pushed.status === 'open', `the pushed order: ${JSON.stringify(pushed)}`);
    same((await socket.call('futures.order_amend', { order_id: String(id), size: 12 })).data.result.size, 12, 'amended');
    same((await socket.call('futures.order_status', { order_id: String(id) })).data.result.id, id, 'its status');
    check((await socket.call('futures.order_list', { contract: CONTRACT, status: 'open' })).data.result.some((o) => o.id === id), 'listed');
    same((await socket.call('futures.order_cancel', { order_id: String(id) })).data.result.finish_as, 'cancelled', 'cancelled');
    const batch = await socket.call('futures.order_batch_place', [{ ...order, text: 't-w1' }, { ...order, text: 't-w2' }, { ...order, text: 't-w3' }]);
    same(batch.data.result.map((o) => o.succeeded), [true, true, true], 'a batch');
    same((await socket.call('futures.order_cancel_ids', batch.data.result.slice(0, 2).map((o) => String(o.id)))).data.result.map((o) => o.succeeded), [true, true], 'cancelled by ids');
    same((await socket.call('futures.order_cancel_cp', { contract: CONTRACT })).data.result.length, 1, 'cancelled by contract');

    const bought = await socket.call('futures.order_place', { contract: CONTRACT, size: 100, price: '0', tif: 'ioc' });
    same([bought.data.result.status, bought.data.result.finish_as, bought.data.result.left], ['finished', 'filled', 0], 'a market buy');
    const fill = await socket.first('the fill on futures.usertrades', (f) => f.channel === 'futures.usertrades' && f.event === 'update' && f.result.some((t) => t.order_id === String(bought.data.result.id)));
    check(fill.result[0].role === 'taker' && isNumber(fill.result[0].fee) && typeof fill.result[0].price === 'string', `the fill: ${JSON.stringify(fill.result[0])}`);
    const held = (await socket.first('the position', (f) => f.channel === 'futures.positions' && f.event === 'update' && f.result.some((p) => p.size === 100))).result.find((p) => p.size === 100);
    check(held.contract === CONTRACT && held.mode === 'single' && isNumber(held.entry_price) && isNumber(held.liq_price), `the pushed position: ${JSON.stringify(held)}`);
    await socket.call('futures.order_place', { contract: CONTRACT, size: 0, price: '0', tif: 'ioc', close: true });
    const closed = await socket.first('the end on futures.position_closes', (f) => f.channel === 'futures.position_closes' && f.event === 'update');
    check(closed.result[0].side === 'long' && isNumber(closed.result[0].pnl), 'the closed position');
    const far = await socket.call('futures.order_place', { ...order, size: 100000000 });
    check(far.header.status === '400' && far.data.errs.label, `an order that is too large is refused: ${JSON.stringify(far.data)}`);
    same((await socket.call('futures.order_cancel', { order_id: '999999999999' })).data.errs?.label, 'ORDER_NOT_FOUND', 'an unknown order');
  });
  await step('decimal sizes', async () => {
    const decimal = await within(10, 'connecting', connect(url('/v4/ws/usdt'), { 'X-Gate-Size-Decimal': '1' }));
    await decimal.subscribe('futures.book_ticker', [CONTRACT]);
    const { result } = await decimal.first('a push', (f) => f.channel === 'futures.book_ticker' && f.event === 'update', 40);
    check(typeof result.A === 'string' && typeof result.B === 'string', `sizes are texts: ${JSON.stringify(result)}`);
    decimal.close();
  });
  await step('delivery', async () => {
    const dated = (await rest('GET', '/delivery/usdt/contracts')).find((c) => c.underlying === CONTRACT);
    const delivery = await within(10, 'connecting', connect(url('/v4/ws/delivery/usdt')));
    same((await delivery.subscribe('futures.order_book', [dated.name, '20', '0'])).result, { status: 'success' }, 'subscribing');
    await delivery.first('its book', (f) => f.channel === 'futures.order_book' && f.event === 'all', 40);
    same((await delivery.subscribe('futures.tickers', [dated.name])).result, { status: 'success' }, 'subscribing');
    await delivery.first('its ticker', (f) => f.channel === 'futures.tickers' && f.event === 'update', 40);
    delivery.close();
    return dated.name;
  });
  socket.close();
});
