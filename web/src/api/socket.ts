import { store } from '../data/store'
import { session } from './rest'

export type Link = 'idle' | 'connecting' | 'live' | 'lost'

type Handler = (result: any, event: string) => void

interface Stream { channel: string; payload: string[]; count: number }

/** One WebSocket of the venue: opens with its first subscription, subscribes again after every reconnection, and tells who listens that it did, so that
 * what was missed is read anew. Private channels are signed by the session's cookie on the handshake. */
export class Feed {
  readonly link = store<Link>('idle')
  private socket: WebSocket | null = null
  private readonly streams = new Map<string, Stream>()
  private readonly handlers = new Map<string, Set<Handler>>()
  private readonly reopened = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private heard = 0
  private wasOpen = false

  constructor(private readonly path: string, private readonly prefix: string) {
    setInterval(() => this.check(), 5_000)
    addEventListener('online', () => this.retryNow())
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') this.retryNow() })
    let signedIn = session.get()?.user_id
    session.watch(() => {
      const now = session.get()?.user_id
      if (now === signedIn) return
      signedIn = now
      if (this.socket) this.open()           // the handshake carries who it is
    })
  }

  /** Subscribes until the returned function is called; several listeners of one stream share it. */
  listen(channel: string, payload: string[], handler: Handler): () => void {
    const name = `${this.prefix}.${channel}`
    const key = `${name}|${payload.join(',')}`
    const stream = this.streams.get(key) ?? { channel: name, payload, count: 0 }
    this.streams.set(key, stream)
    if (stream.count++ === 0 && this.socket?.readyState === WebSocket.OPEN) this.send(stream, 'subscribe')
    if (!this.handlers.has(name)) this.handlers.set(name, new Set())
    this.handlers.get(name)!.add(handler)
    if (!this.socket && !this.timer) this.open()
    return () => {
      this.handlers.get(name)?.delete(handler)
      if (--stream.count > 0) return
      this.streams.delete(key)
      if (this.socket?.readyState === WebSocket.OPEN) this.send(stream, 'unsubscribe')
    }
  }

  /** Called after every opening but the first. */
  onReopen(act: () => void): () => void {
    this.reopened.add(act)
    return () => this.reopened.delete(act)
  }

  private open() {
    clearTimeout(this.timer)
    this.timer = undefined
    const old = this.socket
    this.socket = null
    old?.close()
    this.link.set(this.wasOpen && this.failures > 0 ? 'lost' : 'connecting')
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${this.path}`)
    this.socket = socket
    socket.onopen = () => {
      if (this.socket !== socket) return
      this.failures = 0
      this.heard = Date.now()
      for (const stream of this.streams.values()) this.send(stream, 'subscribe')
      this.link.set('live')
      if (this.wasOpen) for (const act of [...this.reopened]) act()
      this.wasOpen = true
    }
    socket.onmessage = message => {
      if (this.socket !== socket) return
      this.heard = Date.now()
      const frame = JSON.parse(message.data as string) as { channel?: string; event?: string; result?: any; error?: { message: string } | null }
      if (frame.event !== 'update' && frame.event !== 'all') return
      const handlers = frame.channel && this.handlers.get(frame.channel)
      if (handlers) for (const handler of [...handlers]) handler(frame.result, frame.event)
    }
    socket.onclose = () => { if (this.socket === socket) this.lost() }
  }

  private lost() {
    this.socket = null
    this.link.set('lost')
    this.failures++
    this.timer = setTimeout(() => this.open(), Math.min(8_000, 250 * 2 ** Math.min(this.failures, 5)) * (0.75 + Math.random() / 2))
  }

  private retryNow() {
    if (this.timer && !this.socket) this.open()
  }

  // A connection may die without a word: whoever does not answer a ping is gone.
  private check() {
    if (this.socket?.readyState !== WebSocket.OPEN) return
    const silence = Date.now() - this.heard
    if (silence > 20_000) { this.socket.close(); this.lost(); return }
    if (silence > 8_000) this.socket.send(JSON.stringify({ time: Math.floor(Date.now() / 1000), channel: `${this.prefix}.ping` }))
  }

  private send(stream: Stream, event: string) {
    this.socket!.send(JSON.stringify({ time: Math.floor(Date.now() / 1000), channel: stream.channel, event, payload: stream.payload }))
  }
}

export const spotFeed = new Feed('/v4/ws/spot', 'spot')

const futures = new Map<string, Feed>()

export function futuresFeed(settle: string): Feed {
  if (!futures.has(settle)) futures.set(settle, new Feed(`/v4/ws/futures/${settle}`, 'futures'))
  return futures.get(settle)!
}

/** The worst of the links that are in use. */
export const linkNow = store<Link>('idle')
const feeds = () => [spotFeed, ...futures.values()]
const order: Link[] = ['lost', 'connecting', 'live', 'idle']
export function watchLinks() {
  const refresh = () => linkNow.set(order.find(link => feeds().some(feed => feed.link.get() === link)) ?? 'idle')
  setInterval(refresh, 500)
  spotFeed.link.watch(refresh)
}
