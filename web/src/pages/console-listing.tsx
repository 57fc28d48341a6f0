import { useState } from 'react'
import { operate } from '../api/rest'
import { reloadMarkets } from '../data/markets'
import { Check, Choice, Dialog, NumberField, Select, TextField, useAction } from '../ui/controls'
import { tell } from '../ui/toast'

type Kind = 'pair' | 'contract'
type Values = Readonly<Record<string, string>>

const hour = 3_600

const ofPair: Values = { base: '', quote: 'USDT', reference: '', priceDecimals: '4', sizeDecimals: '4', minBase: '0', minQuote: '1', maker: '0.001', taker: '0.001', turnover: '200000', depth: '5000' }
const ofContract: Values = {
  name: '', index: '', settle: 'USDT', type: 'direct', multiplier: '1', tick: '0.0001', mark: '0.0001', step: '1', most: '1000000', leverage: '20', maintenance: '0.02', limit: '1000000', deviate: '0.1', slip: '0.05',
  maker: '-0.0001', taker: '0.00075', interval: String(8 * hour), rate: '0.003', interest: '0.0003', impact: '10000', turnover: '200000', depth: '5000',
}

const liquidity = (from: Values, wanted: boolean) => (wanted ? { liquidity: { turnover: from.turnover, depth: from.depth } } : {})

const pairOf = (from: Values, wanted: boolean) => ({
  symbol: `${from.base}_${from.quote}`, reference_price: from.reference, price_decimals: Number(from.priceDecimals), size_decimals: Number(from.sizeDecimals), min_base: from.minBase || '0', min_quote: from.minQuote || '0',
  maker_fee: from.maker, taker_fee: from.taker, ...liquidity(from, wanted),
})

const contractOf = (from: Values, wanted: boolean) => ({
  contract: {
    name: from.name, index: from.index || from.name, settle: from.settle, type: from.type, quanto_multiplier: from.type === 'inverse' ? '0' : from.multiplier, order_price_round: from.tick, mark_price_round: from.mark,
    enable_decimal: Number(from.step) < 1, size_step: from.step, order_size_min: Number(from.step) < 1 ? '0' : '1', order_size_max: from.most, market_order_size_max: from.most, order_price_deviate: from.deviate, market_order_slip_ratio: from.slip,
    leverage_max: from.leverage, maker_fee_rate: from.maker, taker_fee_rate: from.taker, funding_interval: Number(from.interval), funding_offset: 0, funding_rate_limit: from.rate, interest_rate: from.interest, funding_impact_value: from.impact,
    ...liquidity(from, wanted),
  },
  // One tier: a higher leverage than its initial rate allows would be refused.
  tiers: [{ risk_limit: from.limit, maintenance_rate: from.maintenance, initial_rate: Number(from.leverage) > 0 ? String(Math.ceil(1e6 / Number(from.leverage)) / 1e6) : '1' }],
})

/** Lists a pair, or a perpetual contract on the price of a listed pair. What the venue finds wrong is shown as it says it, a sentence a line. */
export function Listing({ token, onClose, done }: { token: string; onClose: () => void; done: (name: string) => void }) {
  const [kind, setKind] = useState<Kind>('pair')
  const [pair, setPair] = useState(ofPair)
  const [contract, setContract] = useState(ofContract)
  const [lively, setLively] = useState(true)
  const action = useAction()
  const values = kind === 'pair' ? pair : contract
  const set = (name: string) => (to: string) => (kind === 'pair' ? setPair : setContract)(now => ({ ...now, [name]: to }))
  const field = (name: string, label: string, unit?: string, hint?: string) => <NumberField label={label} unit={unit} hint={hint} value={values[name] ?? ''} onChange={set(name)} />
  const rate = (name: string, label: string) => <TextField label={label} inputMode="decimal" value={values[name] ?? ''} onChange={set(name)} />
  const list = () => void action.run(async () => {
    const { name } = await operate<{ name: string }>(token, 'POST', 'instruments', kind === 'pair' ? pairOf(pair, lively) : contractOf(contract, lively))
    tell('good', `${name} is listed`, 'It can be traded from now on.')
    void reloadMarkets()
    done(name)
    onClose()
  })
  const people = (
    <fieldset className="stack"><legend>Participants</legend>
      <Check label="Set how lively they keep it" value={lively} onChange={setLively} />
      {lively && <div className="pair">{field('turnover', 'Turnover a day', 'quote')}{field('depth', 'Depth within 1%', 'quote')}</div>}
    </fieldset>
  )
  return (
    <Dialog title="List an instrument" onClose={onClose} wide>
      <form className="stack" onSubmit={event => { event.preventDefault(); list() }}>
        <Choice label="What to list" className="wholly" value={kind} onChange={to => { setKind(to); action.clear() }} items={[{ id: 'pair', label: 'Spot pair' }, { id: 'contract', label: 'Perpetual contract' }]} />
        {kind === 'pair' ? <>
          <div className="triple"><TextField label="Base" value={pair.base!} onChange={text => set('base')(text.toUpperCase())} placeholder="NEW" required maxLength={24} /><TextField label="Quote" value={pair.quote!} onChange={text => set('quote')(text.toUpperCase())} required maxLength={24} />{field('reference', 'First price')}
            {field('priceDecimals', 'Price decimals')}{field('sizeDecimals', 'Size decimals')}{field('minBase', 'Smallest size')}
            {field('minQuote', 'Smallest value')}{field('maker', 'Maker fee')}{field('taker', 'Taker fee')}</div>
          <p className="hint">An asset that is not known yet is listed with it. Fees are fractions: 0.001 is 0.1%.</p>
        </> : <>
          <div className="triple"><TextField label="Name" value={contract.name!} onChange={text => set('name')(text.toUpperCase())} placeholder="NEW_USDT" required maxLength={48} /><TextField label="Follows the price of" value={contract.index!} onChange={text => set('index')(text.toUpperCase())} placeholder={contract.name || 'NEW_USDT'} />
            <TextField label="Settled in" value={contract.settle!} onChange={text => set('settle')(text.toUpperCase())} required />
            <Select label="Type" value={contract.type as 'direct' | 'inverse'} onChange={set('type')} items={[{ id: 'direct', label: 'Direct' }, { id: 'inverse', label: 'Inverse' }]} />{contract.type === 'direct' ? field('multiplier', 'Base a contract') : <NumberField label="Base a contract" value="" onChange={() => undefined} disabled placeholder="1 of the quote" />}{field('leverage', 'Highest leverage', 'x')}
            {field('tick', 'Price step')}{field('mark', 'Mark step')}{field('step', 'Size step')}
            {field('most', 'Largest order')}{field('limit', 'Risk limit')}{field('maintenance', 'Maintenance rate')}</div>
          <details className="more"><summary>Fees, funding and price limits</summary><div className="stack">
            <div className="triple">{rate('maker', 'Maker fee')}{rate('taker', 'Taker fee')}{field('deviate', 'Price limit')}
              <Select label="Funding every" value={contract.interval!} onChange={set('interval')} items={[1, 2, 4, 8].map(hours => ({ id: String(hours * hour), label: hours === 1 ? '1 hour' : `${hours} hours` }))} />{field('rate', 'Funding limit')}{field('interest', 'Interest a day')}
              {field('impact', 'Impact value')}{field('slip', 'Market order reach')}</div>
          </div></details>
          <p className="hint">The price is that of a listed pair, or of an index of the market file. Rates are fractions: 0.02 is 2%.</p>
        </>}
        {people}
        {action.error && <div className="wrongs" role="alert">{action.error.split(/(?<=\.) (?=[A-Z])/).map(sentence => <p key={sentence}>{sentence}</p>)}</div>}
        <button className="primary block" disabled={action.busy || !(kind === 'pair' ? pair.base && pair.quote && Number(pair.reference) : contract.name)}>List {kind === 'pair' ? 'the pair' : 'the contract'}</button>
      </form>
    </Dialog>
  )
}
