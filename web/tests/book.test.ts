import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Feed } from '../src/api/socket'
import { grouped, LocalBook, type Level } from '../src/data/book'

describe('grouping', () => {
  const asks: Level[] = [[100.1, 1], [100.4, 2], [100.5, 3], [101, 4], [103.2, 5]]
  const bids: Level[] = [[100, 1], [99.9, 2], [99.5, 3], [99, 4], [97.3, 5]]

  it('leaves levels alone at their own step', () => expect(grouped(asks, 0.1, true).map(([price, size]) => [price.toFixed(1), size])).toEqual([['100.1', 1], ['100.4', 2], ['100.5', 3], ['101.0', 4], ['103.2', 5]]))
  it('takes asks up to the edge above', () => expect(grouped(asks, 1, true)).toEqual([[101, 10], [104, 5]]))
  it('takes bids down to the edge below', () => expect(grouped(bids, 1, false)).toEqual([[100, 1], [99, 9], [97, 5]]))
  it('loses and makes nothing', () => {
    for (const step of [0.1, 0.5, 1, 10, 100]) for (const up of [true, false]) expect(grouped(up ? asks : bids, step, up).reduce((sum, level) => sum + level[1], 0)).toBe(15)
  })
  it('never shows a price as better than it is', () => {
    expect(grouped(asks, 10, true)[0]![0]).toBeGreaterThanOrEqual(100.1)
    expect(grouped(bids, 10, false)[0]![0]).toBeLessThanOrEqual(100)
  })
  it('stands on edges where binary fractions do not', () => {
    expect(grouped([[0.3, 1], [0.7, 1]], 0.1, true).map(level => level[0].toFixed(1))).toEqual(['0.3', '0.7'])
    expect(grouped([[0.7, 1], [0.3, 1]], 0.1, false).map(level => level[0].toFixed(1))).toEqual(['0.7', '0.3'])
  })
  it('has nothing of nothing', () => expect(grouped([], 1, true)).toEqual([]))
})

describe('the copy of a book', () => {
  let told: (frame: unknown) => void = () => undefined
  let reopen: () => void = () => undefined
  let subscriptions = 0
  const feed = {
    listen: (_channel: string, _payload: string[], handler: (frame: unknown) => void) => { subscriptions++; told = handler; return () => { told = () => undefined } },
    onReopen: (act: () => void) => { reopen = act; return () => undefined },
  } as unknown as Feed
  const name = 'ob.BTC_USDT.50'
  const shown = (book: LocalBook) => { vi.advanceTimersByTime(150); return book.depth }

  beforeEach(() => {
    vi.useFakeTimers()
    subscriptions = 0
    vi.stubGlobal('window', globalThis)
    vi.stubGlobal('requestAnimationFrame', (act: () => void) => { act(); return 0 })
    vi.stubGlobal('cancelAnimationFrame', () => undefined)
  })
  afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals() })

  it('begins with a full frame and follows the changes', () => {
    const book = new LocalBook(feed, 'BTC_USDT')
    told({ s: name, U: 5, u: 5, b: [['99', '1']] })                    // before the first full frame: not of this copy
    expect(shown(book).ready).toBe(false)
    told({ s: name, full: true, u: 10, b: [['99', '1'], ['100', '2']], a: [['102', '3'], ['101', '4']] })
    told({ s: name, U: 11, u: 12, b: [['100', '0'], ['98', '7']], a: [['101', '1']] })
    expect(shown(book)).toEqual({ ready: true, bids: [[99, 1], [98, 7]], asks: [[101, 1], [102, 3]] })
    expect(book.updates).toBe(2)
  })

  it('asks anew after a gap and shows nothing until then', () => {
    const book = new LocalBook(feed, 'BTC_USDT')
    told({ s: name, full: true, u: 10, b: [['99', '1']], a: [] })
    told({ s: name, U: 13, u: 13, b: [['99', '5']] })
    expect(subscriptions).toBe(2)
    told({ s: name, U: 14, u: 14, b: [['99', '6']] })
    expect(book.updates).toBe(1)
    told({ s: name, full: true, u: 20, b: [['97', '2']], a: [] })
    expect(shown(book)).toEqual({ ready: true, bids: [[97, 2]], asks: [] })
  })

  it('waits for a full frame after a reconnection', () => {
    const book = new LocalBook(feed, 'BTC_USDT')
    told({ s: name, full: true, u: 10, b: [['99', '1']], a: [] })
    reopen()
    told({ s: name, U: 11, u: 11, b: [['99', '5']] })
    expect(book.updates).toBe(1)
    told({ s: name, full: true, u: 30, b: [['96', '2']], a: [] })
    expect(shown(book).bids).toEqual([[96, 2]])
  })

  it('leaves frames of another market alone', () => {
    const book = new LocalBook(feed, 'BTC_USDT')
    told({ s: 'ob.ETH_USDT.50', full: true, u: 10, b: [['1', '1']], a: [] })
    expect(book.updates).toBe(0)
  })

  it('paints twenty times a second at most', () => {
    const book = new LocalBook(feed, 'BTC_USDT')
    let painted = 0
    book.watch(() => painted++)
    told({ s: name, full: true, u: 1, b: [['99', '1']], a: [] })
    for (let id = 2; id <= 101; id++) { told({ s: name, U: id, u: id, b: [['99', String(id)]] }); vi.advanceTimersByTime(10) }
    expect(painted).toBeGreaterThanOrEqual(15)
    expect(painted).toBeLessThanOrEqual(21)
  })
})
