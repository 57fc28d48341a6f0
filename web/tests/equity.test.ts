import { describe, expect, it } from 'vitest'
import { equity } from '../src/data/equity'

const worth = (asset: string) => (asset === 'BTC' ? 100 : 1)

describe('the curve of equity', () => {
  it('walks back from now, at the prices of now', () => {
    const moves = [{ time: 1_000, asset: 'USDT', change: 500 }, { time: 5_000, asset: 'USDT', change: -100 }, { time: 5_200, asset: 'BTC', change: 1 }, { time: 9_000, asset: 'USDT', change: -2 }]
    expect(equity(moves, new Map([['USDT', 398], ['BTC', 1]]), worth, 20_000)).toEqual([
      { time: 1_000, value: 500 }, { time: 5_200, value: 500 }, { time: 9_000, value: 498 }, { time: 20_000, value: 498 },
    ])
  })
  it('has no step where something moved between wallets', () => {
    const moves = [{ time: 1_000, asset: 'USDT', change: 50 }, { time: 7_100, asset: 'USDT', change: -20 }, { time: 7_100, asset: 'USDT', change: 20 }]
    expect(new Set(equity(moves, new Map([['USDT', 50]]), worth, 9_000).map(point => point.value))).toEqual(new Set([50]))
  })
  it('takes entries in any order', () => {
    const moves = [{ time: 3_000, asset: 'USDT', change: 1 }, { time: 9_000, asset: 'USDT', change: 3 }, { time: 6_000, asset: 'USDT', change: 2 }]
    expect(equity(moves, new Map([['USDT', 6]]), worth, 10_000).map(point => point.value)).toEqual([1, 3, 6, 6])
  })
  it('is a point where nothing ever moved', () => expect(equity([], new Map(), worth, 5)).toEqual([{ time: 5, value: 0 }]))
})
