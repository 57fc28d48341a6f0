import { describe, expect, it } from 'vitest'
import { actionOf, actionWords, changesTerms, isAction, termsOf, type Action } from '../src/data/changes'

describe('other terms', () => {
  it('leave out what was left empty', () => expect(termsOf({ leverage_max: ' 50 ', taker_fee_rate: '', maker_fee_rate: '-0.0001' })).toEqual({ leverage_max: '50', maker_fee_rate: '-0.0001' }))
  it('have whole numbers as numbers', () => expect(termsOf({ funding_interval: '3600', orders_limit: '80', config_grace: '0' })).toEqual({ funding_interval: 3600, orders_limit: 80, config_grace: 0 }))
  it.each([[{}, false], [{ leverage_max: ' ' }, false], [{ config_grace: '3600' }, false], [{ config_grace: '0', order_size_max: '10' }, true]])('%o are a change: %s', (values, is) => expect(changesTerms(values)).toBe(is))
})

describe('dividends and splits', () => {
  const values = { reference: ' nvda-q4 ', amount: '0.26', new_shares: '4', old_shares: '1' }
  it('name the amount, or the shares', () => {
    expect(actionOf('dividend', values, '')).toEqual({ kind: 'dividend', reference: 'nvda-q4', amount: '0.26' })
    expect(actionOf('split', values, '')).toEqual({ kind: 'split', reference: 'nvda-q4', new_shares: 4, old_shares: 1 })
  })
  it('fall due in seconds of the time here', () => expect(actionOf('dividend', values, '2026-03-04T05:06')).toMatchObject({ at: new Date(2026, 2, 4, 5, 6).getTime() / 1000 }))
  it.each([
    ['dividend', {}, true], ['dividend', { amount: '0' }, false], ['dividend', { reference: 'two words' }, false], ['dividend', { reference: '' }, false], ['dividend', { new_shares: '' }, true],
    ['split', {}, true], ['split', { new_shares: '1' }, false], ['split', { new_shares: '1.5' }, false], ['split', { old_shares: '0' }, false], ['split', { new_shares: '1001' }, false], ['split', { amount: '' }, true],
  ] as const)('a %s with %o can be announced: %s', (kind, other, can) => expect(isAction(kind, { ...values, ...other })).toBe(can))
  it('are told in words', () => {
    const action: Action = { id: 1, instrument: 'futures:usdt:NVDA_USDT', reference: 'a', kind: 'dividend', status: 'done', amount: '0.26', at: 0, changed_at: 5 }
    expect([actionWords(action), actionWords({ ...action, kind: 'split', new_shares: 4, old_shares: 1 })]).toEqual(['0.26 a share', '4 for 1'])
  })
})
