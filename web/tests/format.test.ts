import { describe, expect, it } from 'vitest'
import { amount, brief, countdown, decimalsOf, direction, moment, none, percent, signed, trimmed, words } from '../src/data/format'

describe('amounts', () => {
  it.each([
    ['1234567.891', 2, '1,234,567.89'], ['1234567.895', 2, '1,234,567.90'], ['-1000', 0, '-1,000'], ['999', 3, '999.000'], ['0.000012345', 8, '0.00001235'],
    [1234.5, 1, '1,234.5'], [0.1 + 0.2, 2, '0.30'],
  ])('shows %s with %d decimals', (given, decimals, shown) => expect(amount(given, decimals)).toBe(shown))
  it('leaves the decimals of a text alone when none are asked for', () => expect(amount('65000.10')).toBe('65,000.10'))
  it.each(['', null, undefined, 'soon', Number.NaN, Number.POSITIVE_INFINITY])('has a dash for %s', given => expect(amount(given, 2)).toBe(none))
  it.each([['1.50000000', '1.5'], ['1200', '1,200'], ['0.00000000', '0'], ['1.123456789', '1.12345679']])('trims %s', (given, shown) => expect(trimmed(given)).toBe(shown))
})

describe('volumes', () => {
  it.each([['950', '950.00'], ['1500', '1.50K'], [2_340_000, '2.34M'], ['7890000000', '7.89B'], ['1200000000000', '1.20T'], ['0.1234', '0.1234'], ['0', '0.00'], ['', none], [undefined, none]])(
    'shortens %s', (given, shown) => expect(brief(given)).toBe(shown))
})

describe('changes', () => {
  it.each([['1.234', '+1.23%'], ['-1.2', '−1.20%'], ['0', '0.00%'], ['-0.001', '0.00%'], ['0.004', '0.00%'], ['', none], ['x', none]])('shows %s percent', (given, shown) => expect(percent(given)).toBe(shown))
  it('has the decimals of a funding rate', () => expect(percent(0.01, 4)).toBe('+0.0100%'))
  it.each([['5', 2, '+5.00'], ['-5', 2, '−5.00'], ['0.001', 2, '0.00'], ['-0.001', 2, '0.00'], ['', 2, none]])('signs %s', (given, decimals, shown) => expect(signed(given, decimals)).toBe(shown))
  it('names directions', () => expect([direction('0.1'), direction(-3), direction('0'), direction(undefined)]).toEqual(['up', 'down', 'flat', 'flat']))
})

describe('times', () => {
  it.each([[11_529, '03:12:09'], [0, '00:00:00'], [-5, '00:00:00'], [86_400, '24:00:00'], [59.9, '00:00:59']])('counts down %d seconds', (seconds, shown) => expect(countdown(seconds)).toBe(shown))
  it('shows the time of the place', () => expect(moment(new Date(2026, 0, 5, 7, 8, 9).getTime())).toBe('2026-01-05 07:08:09'))
  it('has a dash for never', () => expect(moment(0)).toBe(none))
})

describe('steps', () => {
  it.each([['0.05', 2], ['0.10', 1], ['1', 0], ['10', 0], ['0.000001', 6]])('counts the decimals of the step %s', (step, decimals) => expect(decimalsOf(step)).toBe(decimals))
})

it('makes words of names', () => expect(words('circuit_breaker-on')).toBe('circuit breaker on'))
it('spells short names as they are spelt', () => expect([words('defi'), words('ai'), words('layer-1')]).toEqual(['DeFi', 'AI', 'layer 1']))
