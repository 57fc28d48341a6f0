// The spot socket without a client library: ping, the local order book by the published procedure, the obu stream, private streams, order entry.
import { check, env, same, scenario, sleep, socketUrl, within } from './common.mjs';
import { connect, follow, now, rest } from './socket.mjs';

const PAIR = process.env.PAIR ?? 'BTC_USDT';
const SECONDS = Number(process.env.WATCH_SECONDS ?? 5);

await scenario('raw-ws', async (step) => {
  const socket = await within(10, 'connecting', connect(socketUrl()));

  await step('ping', async () => {
    socket.send({ time: now(), id: 77, channel: 'spot.ping' });
    const pong = await socket.first('the pong', (f) => f.channel === 'spot.pong');
    same([pong.id, pong.event, pong.result], [77, '', null], 'the pong');
    check(Number.isInteger(pong.time) && Number.isInteger(pong.time_ms), 'the pong carries time and time_ms');
    socket.send({ time: now(), channel: 'spot.ping', event: 'subscribe', auth: { method: 'api_key', KEY: '', SIGN: '' }, payload: null });
    await socket.first('a pong whatever the event says', (f) => f.channel === 'spot.pong' && f !== pong);
  });

  await step('local book', async (limit = '100') => {
    const reply = await socket.subscribe('spot.order_book_update', [PAIR, '100ms']);
    same([reply.result, reply.payload, reply.error ?? null], [{ status: 'success' }, [PAIR, '100ms'], null], 'the reply');
    const isUpdate = (f) => f.channel === 'spot.order_book_update' && f.event === 'update' && f.result.s === PAIR;
    await socket.first('a first update', isUpdate);
    await sleep(300);
    const snapshot = await rest('GET', '/spot/order_book', `currency_pair=${PAIR}&limit=${limit}&with_id=true`);
    await sleep(SECONDS * 1000);
    const { at, applied } = follow(snapshot.id, snapshot.bids, snapshot.asks, socket.frames.filter(isUpdate).map((f) => f.result));
    check(applied > 0, `updates were applied within ${SECONDS} s`);
    const later = await rest('GET', '/spot/order_book', `currency_pair=${PAIR}&limit=5&with_id=true`);
    check(later.id >= at, `the book id only grows: ${later.id} >= ${at}`);
    same((await socket.subscribe('spot.order_book_update', [PAIR, '100ms'], 'unsubscribe')).result, { status: 'success' }, 'unsubscribe');
    return { applied, from: snapshot.id, to: at };
  });

  await step('obu', async () => {
    const stream = `ob.${PAIR}.50`;
    await socket.subscribe('spot.obu', [stream]);
    const again = await socket.subscribe('spot.obu', [stream]);
    check(again.error?.code === 2 && again.result?.status === 'fail', 'subscribing twice to one obu stream is an error with code 2');
    await sleep(SECONDS * 1000);
    const frames = socket.frames.filter((f) => f.channel === 'spot.obu' && f.event === 'update' && f.result.s === stream).map((f) => f.result);
    check(frames.length > 1, `more than one frame, saw ${frames.length}`);
    check(frames[0].full === true, 'the first frame is full');
    let at;
    for (const frame of frames) {
      check(frame.full === true || frame.U === at + 1, `obu skips from ${at} to ${frame.U}`);
      at = frame.u;
    }
    await socket.subscribe('spot.obu', [stream], 'unsubscribe');
    return frames.length;
  });

  await step('other public streams', async () => {
    const wanted = [
      ['spot.tickers', [PAIR], (r) => r.currency_pair === PAIR && r.last && r.highest_bid && r.base_volume],
      ['spot.trades', [PAIR], (r) => r.currency_pair === PAIR && Number.isInteger(r.id) && Number.isInteger(r.id_market) && typeof r.create_time_ms === 'string' && /^\d+-\d+$/.test(r.range)],
      ['spot.book_ticker', [PAIR], (r) => r.s === PAIR && Number.isInteger(r.u) && r.b && r.A],
      ['spot.candlesticks', ['1m', PAIR], (r) => r.n === `1m_${PAIR}` && typeof r.t === 'string' && r.o && r.v],
      ['spot.order_book', [PAIR, '20', '100ms'], (r) => r.s === PAIR && Number.isInteger(r.lastUpdateId) && r.l === '20' && r.bids.length <= 20],
    ];
    for (const [channel, payload] of wanted) same((await socket.subscribe(channel, payload)).result, { status: 'success' }, `subscribing to ${channel}`);
    for (const [channel, , fits] of wanted) {
      const frame = await socket.first(`a push on ${channel}`, (f) => f.channel === channel && f.event === 'update', 30);
      check(!Array.isArray(frame.result) && fits(frame.result), `${channel} has its fields: ${JSON.stringify(frame.result)}`);
    }
    for (const [channel, payload] of wanted) await socket.subscribe(channel, payload, 'unsubscribe');
  });

  await step('errors', async () => {
    const unknown = await socket.subscribe('spot.trades', ['NO_SUCHPAIR']);
    check(unknown.error?.code === 2 && Array.isArray(unknown.payload), 'an unknown pair is error 2 and echoes the payload');
    const mixed = await socket.subscribe('spot.tickers', [PAIR, 'NO_SUCHPAIR']);
    check(mixed.error?.code === 2, 'one unknown pair fails the whole subscription');
    socket.send('this is not JSON');
    const broken = await socket.first('the reply to a broken frame', (f) => f.error?.code === 1);
    check(broken.error.message, 'with a sentence');
    const unsigned = await socket.subscribe('spot.orders', ['!all']);
    same(unsigned.error?.code, 4, 'a private stream without auth');
  });

  await step('order entry before login', async () => {
    const answer = await socket.call('spot.order_list', { currency_pair: PAIR, status: 'open' });
    check(['400', '401'].includes(answer.header.status) && answer.data.errs.label === 'AUTHENTICATION_FAILED', `not logged in: ${JSON.stringify(answer)}`);
  });
  await step('login', async () => {
    const answer = await socket.call('spot.login', undefined, { login: true });
    same([answer.header.status, answer.header.channel, answer.header.event, answer.data.errs], ['200', 'spot.login', 'api', undefined], 'the login');
    check(answer.data.result.api_key === env('KEY') && typeof answer.data.result.uid === 'string', 'the login names key and user');
  });

  await step('private streams and order entry', async () => {
    for (const [channel, payload] of [['spot.orders', ['!all']], ['spot.orders_v2', [PAIR]], ['spot.usertrades', [PAIR]], ['spot.usertrades_v2', ['!all']], ['spot.balances', undefined], ['spot.priceorders', ['!all']]])
      same((await socket.subscribe(channel, payload, 'subscribe', true)).result, { status: 'success' }, `subscribing to ${channel}`);
    const [{ last }] = await rest('GET', '/spot/tickers', `currency_pair=${PAIR}`);
    const { precision } = await rest('GET', `/spot/currency_pairs/${PAIR}`);
    const price = (last * 0.95).toFixed(precision);
    const order = { text: 't-raw', currency_pair: PAIR, type: 'limit', account: 'spot', side: 'buy', amount: '0.001', price };

    const placed = await socket.call('spot.order_place', order);
    same([placed.header.status, placed.data.result.status, placed.data.result.text], ['200', 'open', 't-raw'], 'the placed order');
    const ack = socket.frames.find((f) => f.request_id === placed.request_id && f.ack === true);
    check(ack && socket.frames.indexOf(ack) < socket.frames.indexOf(placed), 'the acknowledgement comes before the result');
    same([ack.data.result.req_id, ack.data.result.req_param], [placed.request_id, order], 'the acknowledgement repeats the request');
    check(Number.isInteger(placed.data.result.create_time_ms), 'create_time_ms is a number in answers');
    const id = placed.data.result.id;
    const put = await socket.first('the order on spot.orders', (f) => f.channel === 'spot.orders' && f.event === 'update' && f.result.some((o) => o.id === id));
    const pushed = put.result.find((o) => o.id === id);
    same([pushed.event, pushed.finish_as, typeof pushed.create_time_ms, typeof pushed.user, pushed.status], ['put', 'open', 'string', 'number', undefined], 'the pushed order');
    const v2 = await socket.first('the order on spot.orders_v2', (f) => f.channel === 'spot.orders_v2' && f.event === 'update' && f.result.some((o) => o.id === id));
    check(!('fee' in v2.result[0]) && !('point_fee' in v2.result[0]), 'orders_v2 has no fees');
    const balance = await socket.first('the hold on spot.balances', (f) => f.channel === 'spot.balances' && f.event === 'update' && f.result.some((b) => b.currency === 'USDT' && Number(b.freeze) > 0));
    check(balance.result.every((b) => Object.values(b).every((v) => typeof v === 'string')), 'every balance field is a text');

    const amended = await socket.call('spot.order_amend', { order_id: id, currency_pair: PAIR, amount: '0.002' });
    same([amended.header.status, Number(amended.data.result.amount)], ['200', 0.002], 'the amended order');
    same((await socket.call('spot.order_status', { order_id: id, currency_pair: PAIR })).data.result.id, id, 'its status');
    check((await socket.call('spot.order_list', { currency_pair: PAIR, status: 'open' })).data.result.some((o) => o.id === id), 'the list of open orders');
    same((await socket.call('spot.order_cancel', { order_id: id, currency_pair: PAIR })).data.result.status, 'cancelled', 'the cancelled order');
    await socket.first('its end on spot.orders', (f) => f.channel === 'spot.orders' && f.event === 'update' && f.result.some((o) => o.id === id && o.event === 'finish' && o.finish_as === 'cancelled'));

    await sleep(1100); // ten placements and amendments a second and market are allowed
    const batch = await socket.call('spot.order_place', [{ ...order, text: 't-w1' }, { ...order, text: 't-w2' }]);
    same(batch.data.result.map((o) => o.succeeded), [true, true], 'a batch on the socket');
    const swept = await socket.call('spot.order_cancel_ids', batch.data.result.map((o) => ({ currency_pair: PAIR, id: o.id })));
    same(swept.data.result.map((o) => o.succeeded), [true, true], 'cancelled by ids');
    await socket.call('spot.order_place', order);
    same((await socket.call('spot.order_cancel_cp', { currency_pair: PAIR })).data.result.length, 1, 'cancelled by pair');

    const sold = await socket.call('spot.order_place', { currency_pair: PAIR, type: 'market', side: 'sell', amount: '0.001', time_in_force: 'ioc' });
    same([sold.data.result.status, sold.data.result.text], ['closed', 'apiv4-ws'], 'a market sell without a text');
    const fill = await socket.first('the fill on spot.usertrades', (f) => f.channel === 'spot.usertrades' && f.event === 'update' && f.result.some((t) => t.order_id === sold.data.result.id));
    check(Number.isInteger(fill.result[0].id) && fill.result[0].role === 'taker' && Number(fill.result[0].fee) > 0, 'the fill has id, role and fee');

    const refused = await socket.call('spot.order_place', { ...order, amount: '5' });
    same([refused.header.status, refused.data.errs?.label], ['400', 'BALANCE_NOT_ENOUGH'], 'an order beyond the balance');
    const missing = await socket.call('spot.order_cancel', { order_id: '999999999999', currency_pair: PAIR });
    same([missing.header.status, missing.data.errs?.label], ['404', 'ORDER_NOT_FOUND'], 'an unknown order');
  });
  socket.close();
});
