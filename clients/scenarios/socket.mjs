// A bare socket and signed REST calls: what scenarios that check frames share.
import { createHash, createHmac } from 'node:crypto';
import WebSocket from 'ws';
import { base, check, env, within } from './common.mjs';

export const now = () => Math.floor(Date.now() / 1000);
const hmac = (text) => createHmac('sha512', env('SECRET')).update(text).digest('hex');

/** One connection: send a frame, wait for the first frame that fits, or collect frames. */
export const connect = (url, headers) => new Promise((resolve, reject) => {
  const socket = new WebSocket(url, { perMessageDeflate: false, headers });
  const frames = [];
  const waiting = new Set();
  let nextId = 1;
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString());
    frames.push(frame);
    for (const waiter of waiting) waiter(frame);
  });
  socket.on('error', reject);
  socket.on('open', () => resolve({
    frames,
    close: () => socket.close(),
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    first: (what, fits, seconds = 15) => within(seconds, what, new Promise((done) => {
      const earlier = frames.find(fits);
      if (earlier) return void done(earlier);
      const waiter = (frame) => { if (fits(frame)) { waiting.delete(waiter); done(frame); } };
      waiting.add(waiter);
    })),
    subscribe(channel, payload, event = 'subscribe', signed = false) {
      const id = nextId++;
      const time = now();
      const frame = { time, id, channel, event, payload };
      if (signed) frame.auth = { method: 'api_key', KEY: env('KEY'), SIGN: hmac(`channel=${channel}&event=${event}&time=${time}`) };
      this.send(frame);
      return this.first(`the reply to ${event} ${channel}`, (f) => f.id === id && f.channel === channel && f.event === event);
    },
    call(channel, param, { login = false, sign = false } = {}) {
      const id = `r${nextId++}`;
      const time = now();
      const payload = { req_id: id };
      if (param !== undefined) payload.req_param = param;
      if (login || sign) {
        payload.api_key = env('KEY');
        payload.timestamp = String(time);
        payload.signature = hmac(`api\n${channel}\n${param === undefined ? '' : JSON.stringify(param)}\n${time}`);
      }
      this.send({ time, channel, event: 'api', payload });
      return this.first(`the answer to ${channel}`, (f) => f.request_id === id && f.ack !== true);
    },
  }));
});

export const rest = async (method, path, query = '', bodyText = '', signed = false) => {
  const headers = { 'Content-Type': 'application/json' };
  if (signed) {
    const time = String(now());
    const digest = createHash('sha512').update(bodyText).digest('hex');
    Object.assign(headers, { KEY: env('KEY'), Timestamp: time, SIGN: hmac(`${method}\n/api/v4${path}\n${query}\n${digest}\n${time}`) });
  }
  const answer = await fetch(`${base}/api/v4${path}${query ? `?${query}` : ''}`, { method, headers, body: bodyText || undefined });
  return answer.json();
};

const apply = (side, levels) => {
  for (const [price, size] of levels ?? []) Number(size) === 0 ? side.delete(price) : side.set(price, size);
};
const best = (side, pick) => pick(...[...side.keys()].map(Number));

/** Keeps a local book by the published procedure: from a REST snapshot's id on, every update in turn. Levels are [price, size]. */
export const follow = (id, bidLevels, askLevels, updates) => {
  const [bids, asks] = [new Map(bidLevels), new Map(askLevels)];
  let at = id;
  let applied = 0;
  let previous;
  for (const update of updates) {
    check(previous === undefined || update.U === previous + 1 || update.full === true, `the stream skips from ${previous} to ${update.U}`);
    check(update.U <= update.u, `U ${update.U} is not after u ${update.u}`);
    previous = update.u;
    if (update.full === true) {
      bids.clear();
      asks.clear();
    } else {
      if (update.u < id + 1) continue;
      check(update.U <= at + 1, `the snapshot ${id} is older than the oldest update ${update.U}`);
    }
    apply(bids, update.b);
    apply(asks, update.a);
    at = update.u;
    applied++;
    check(best(bids, Math.max) < best(asks, Math.min), `the local book is crossed at ${at}`);
  }
  return { at, applied };
};
