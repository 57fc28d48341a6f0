import { describe, expect, it } from 'vitest'
import { absolute, add, compare, divide, isPositive, multiply, negate, of, parse, round, short, subtract, text, toNumber, toStep, truncate, zero } from '../src/data/decimal'

describe('reading', () => {
  it.each([
    ['12.50', 1250n, 2], ['-0.001', -1n, 3], ['+7', 7n, 0], ['.5', 5n, 1], ['3.', 3n, 0], [' 42 ', 42n, 0], [1.25, 125n, 2],
    ['123456789012345678901234567890.123456789012', 123456789012345678901234567890123456789012n, 12],
  ])('reads %s as it is written', (given, raw, scale) => expect(parse(given)).toEqual({ raw, scale }))

  it.each(['', '.', '-', '1e5', '0x10', 'abc', '1.2.3', '1,5', null, undefined, Number.NaN])('takes %s for no decimal', given => expect(parse(given)).toBeNull())

  it('takes what is no decimal for zero where one is needed', () => expect(of('x')).toBe(zero))
})

describe('writing', () => {
  it.each([['0', '0'], ['-0.05', '-0.05'], ['0.0', '0.0'], ['100.10', '100.10'], ['-12', '-12']])('writes %s back', (given, shown) => expect(text(of(given))).toBe(shown))
  it.each([['100', '100'], ['1.500', '1.5'], ['2.000', '2'], ['0.00', '0'], ['-0.10', '-0.1'], ['1200.0', '1200']])('drops the zeros behind the point of %s only', (given, shown) => expect(short(of(given))).toBe(shown))
})

describe('computing', () => {
  it('adds what binary fractions cannot', () => expect(text(add(of('0.1'), of('0.2')))).toBe('0.3'))
  it('subtracts across scales', () => expect(text(subtract(of('1'), of('0.000000000001')))).toBe('0.999999999999'))
  it('multiplies exactly', () => expect(text(multiply(of('-1.25'), of('0.04')))).toBe('-0.0500'))
  it('turns signs', () => expect([text(negate(of('3'))), text(absolute(of('-3'))), text(absolute(of('3')))]).toEqual(['-3', '3', '3']))

  it.each([['10', '3', 4, '3.3333'], ['-10', '3', 4, '-3.3333'], ['1', '0.003', 0, '333'], ['0.0007', '0.07', 4, '0.0100'], ['5', '0', 2, '0']])(
    'divides %s by %s toward zero', (a, b, decimals, result) => expect(text(divide(of(a), of(b), decimals))).toBe(result))

  it.each([['1.999', 2, '1.99'], ['-1.999', 2, '-1.99'], ['1.5', 4, '1.5000'], ['12', 0, '12']])('truncates %s to %d', (given, decimals, result) => expect(text(truncate(of(given), decimals))).toBe(result))

  it.each([['1.005', 2, '1.01'], ['-1.005', 2, '-1.01'], ['1.004', 2, '1.00'], ['0.5', 0, '1'], ['-0.4', 0, '0'], ['2', 2, '2.00']])(
    'rounds the half of %s away from zero', (given, decimals, result) => expect(text(round(of(given), decimals))).toBe(result))

  it.each([['1.239', '0.05', '1.20'], ['-1.239', '0.05', '-1.20'], ['7.9', '1', '7'], ['0.009', '0.01', '0.00'], ['2.5', '0', '2.5']])('takes %s to the step %s below', (given, step, result) => expect(text(toStep(of(given), of(step)))).toBe(result))

  it('compares by value, whatever the scale', () => expect([compare(of('1.0'), of('1')), compare(of('1.01'), of('1.1')), compare(of('-1'), of('-2'))]).toEqual([0, -1, 1]))
  it('knows what is above zero', () => expect([isPositive(of('0.000001')), isPositive(zero), isPositive(of('-1')), isPositive(null)]).toEqual([true, false, false, false]))
  it('becomes a binary fraction for drawing', () => expect(toNumber(of('-2.5'))).toBe(-2.5))
})
