import { useState } from 'react'
import { call } from '../api/rest'
import { readFutures } from '../data/futures'
import type { Market } from '../data/markets'
import { Choice, Dialog, NumberField, useAction } from '../ui/controls'
import { tell } from '../ui/toast'

/** Margin mode and leverage of one contract. */
export function Settings({ market, leverage, cross, hedged, onClose }: { market: Market; leverage: string; cross: boolean; hedged: boolean; onClose: () => void }) {
  const [mode, setMode] = useState<'cross' | 'isolated'>(cross ? 'cross' : 'isolated')
  const [value, setValue] = useState(leverage)
  const [hedges, setHedges] = useState(hedged)
  const action = useAction()
  const steps = [1, 5, 10, 20, 50, 100].filter(step => step <= market.leverageMax)
  const save = async () => {
    const done = await action.run(async () => {
      if (hedges !== hedged) await call('POST', `/futures/${market.settle}/dual_mode`, { dual_mode: hedges })
      await call('POST', `/futures/${market.settle}/positions/${market.symbol}/set_leverage`, { leverage: value, margin_mode: mode })
    })
    // The first of the two may have been done when the second was refused.
    if (!done) { void readFutures(market.settle); return }
    tell('good', `${mode === 'cross' ? 'Cross' : 'Isolated'} margin at ${value}x`, `${market.base}/${market.quote}`)
    void readFutures(market.settle)
    onClose()
  }
  const beyond = Number(value) > market.leverageMax ? `At most ${market.leverageMax}x on this contract` : Number(value) > 0 && Number(value) < 1 ? 'At least 1x' : undefined
  return (
    <Dialog title="Margin and leverage" onClose={onClose}>
      <form className="stack" onSubmit={event => { event.preventDefault(); void save() }}>
        <Choice label="Margin mode" value={mode} onChange={setMode} items={[{ id: 'cross', label: 'Cross' }, { id: 'isolated', label: 'Isolated' }]} />
        <p className="hint">{mode === 'cross' ? 'All of the futures wallet stands behind the position: it is liquidated late, and may take everything.' : 'Only the margin of this position is at risk, and nothing beyond it.'}</p>
        <NumberField label="Leverage" unit="x" value={value} onChange={setValue} step="1" error={beyond} />
        <div className="share"><input type="range" min="1" max={market.leverageMax} step="1" value={Math.min(market.leverageMax, Number(value) || 1)} aria-label="Leverage" onChange={event => setValue(event.target.value)} />
          <div>{steps.slice(-4).map(step => <button key={step} type="button" onClick={() => setValue(String(step))}>{step}x</button>)}</div></div>
        <p className="hint">More leverage needs less margin and brings the liquidation price nearer. The margin mode changes only without a position.</p>
        <Choice label="Position mode" value={hedges ? 'hedge' : 'one'} onChange={to => setHedges(to === 'hedge')} items={[{ id: 'one', label: 'One-way' }, { id: 'hedge', label: 'Hedge' }]} />
        <p className="hint">{hedges ? 'A long and a short position side by side, each opened and closed by itself.' : 'One position a contract: selling makes a long one smaller.'} For all contracts settled in {market.settle.toUpperCase()}, and only without positions and orders.</p>
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary block" disabled={action.busy || !Number(value) || !!beyond}>Set</button>
      </form>
    </Dialog>
  )
}
