import { describe, expect, it } from 'vitest'
import { bollinger, ema, macd, rsi, sma } from '../src/chart/indicators'

const ramp = (count: number) => Array.from({ length: count }, (_, i) => i)

describe('averages', () => {
  it('is null until there are bars enough', () => expect(sma([1, 2, 3, 4], 2)).toEqual([null, 1.5, 2.5, 3.5]))
  it('has nothing to say of fewer bars than its length', () => expect([sma([1, 2], 3), ema([1, 2], 3)]).toEqual([[null, null], [null, null]]))
  it('begins an exponential average with a simple one', () => expect(ema([1, 2, 3, 4, 9], 3)).toEqual([null, null, 2, 3, 6]))
  it('follows a straight line half its length behind', () => expect(ema(ramp(40), 21).at(-1)).toBeCloseTo(39 - 10, 12))
})

describe('bands', () => {
  it('stands two deviations from the middle', () => {
    const { middle, upper, lower } = bollinger([1, 3, 5], 2)
    expect(middle).toEqual([null, 2, 4])
    expect(upper).toEqual([null, 4, 6])
    expect(lower).toEqual([null, 0, 2])
  })
  it('closes over prices that stand still', () => expect(bollinger([7, 7, 7], 3)).toEqual({ middle: [null, null, 7], upper: [null, null, 7], lower: [null, null, 7] }))
})

describe('strength', () => {
  it("is Wilder's", () => {
    const [first, second, third, fourth] = rsi([1, 2, 1, 3], 2)
    expect([first, second, third]).toEqual([null, null, 50])
    expect(fourth).toBeCloseTo(100 - 100 / 6, 12)                     // gain 1.25, loss 0.25
  })
  it('is 100 where nothing fell and 0 where nothing rose', () => expect([rsi(ramp(20)).at(-1), rsi(ramp(20).reverse()).at(-1)]).toEqual([100, 0]))
})

describe('convergence', () => {
  it('is the distance of the two averages, its signal begins nine bars later', () => {
    const { line, signal, histogram } = macd(ramp(40))
    expect(line.findIndex(value => value !== null)).toBe(25)
    expect(signal.findIndex(value => value !== null)).toBe(33)
    expect(line.at(-1)).toBeCloseTo(7, 12)                              // 12.5 bars behind, less 5.5
    expect(signal.at(-1)).toBeCloseTo(7, 12)
    expect(histogram.at(-1)).toBeCloseTo(0, 12)
    expect(histogram[32]).toBeNull()
  })
  it('is empty for a young market', () => expect(macd([1, 2, 3]).line).toEqual([null, null, null]))
})
