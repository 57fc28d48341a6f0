/** What the operator changes about a listed contract: its terms, or what the stock behind it does. */
export type ChangeKind = 'terms' | 'dividend' | 'split'
export type Values = Readonly<Record<string, string>>

/** Terms by their names on the wire. Whole numbers go as numbers, the rest as the text that was typed. */
const whole = new Set(['orders_limit', 'funding_interval', 'config_grace'])

export const shared = [
  ['leverage_max', 'Highest leverage'], ['maker_fee_rate', 'Maker fee'], ['taker_fee_rate', 'Taker fee'], ['order_size_max', 'Largest order'], ['market_order_size_max', 'Largest market order'], ['orders_limit', 'Open orders a user'],
  ['order_price_deviate', 'Price limit'], ['market_order_slip_ratio', 'Market order reach'], ['mark_max_deviation', 'Mark off the index'],
] as const
export const ofPerpetual = [['funding_rate_limit', 'Funding limit'], ['interest_rate', 'Interest a day'], ['funding_impact_value', 'Impact value']] as const
export const ofDelivery = [['settle_fee_rate', 'Settlement fee'], ['basis_impact_value', 'Impact value']] as const

/** Only what was filled in: what is left out stays as it is. */
export const termsOf = (values: Values) =>
  Object.fromEntries(Object.entries(values).map(([name, text]) => [name, text.trim()] as const).filter(([, text]) => text !== '').map(([name, text]) => [name, whole.has(name) ? Number(text) : text]))

/** True when there is something to change: a time of grace alone changes nothing. */
export const changesTerms = (values: Values) => Object.keys(termsOf(values)).some(name => name !== 'config_grace')

/**
 * A dividend or a split as it is announced.
 * @param at Local date and time as a browser's field has it; empty is at once.
 */
export const actionOf = (kind: 'dividend' | 'split', values: Values, at: string) => ({
  kind, reference: (values.reference ?? '').trim(), ...(at ? { at: Math.floor(new Date(at).getTime() / 1000) } : {}),
  ...(kind === 'dividend' ? { amount: values.amount ?? '' } : { new_shares: Number(values.new_shares), old_shares: Number(values.old_shares) }),
})

/** The venue takes a reference of 1 to 64 letters, digits, '_' and '-', an amount above 0, and two different numbers of shares from 1 to 1,000. */
export const isAction = (kind: 'dividend' | 'split', values: Values) => {
  const shares = [values.new_shares, values.old_shares].map(Number)
  return /^[A-Za-z0-9_-]{1,64}$/.test((values.reference ?? '').trim()) && (kind === 'dividend' ? Number(values.amount) > 0 : shares.every(count => Number.isInteger(count) && count >= 1 && count <= 1000) && shares[0] !== shares[1])
}

export interface Action { id: number; instrument: string; reference: string; kind: 'dividend' | 'split'; status: string; amount?: string; new_shares?: number; old_shares?: number; at: number; changed_at: number }

/** "0.26 a share", "4 for 1". */
export const actionWords = (action: Action) => (action.kind === 'dividend' ? `${action.amount} a share` : `${action.new_shares} for ${action.old_shares}`)
