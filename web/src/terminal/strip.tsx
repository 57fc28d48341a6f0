import { useEffect, useRef, useState } from 'react'
import { amount, brief, countdown, direction, none, percent, trimmed } from '../data/format'
import { followQuotes, keyOf, markets, pathOf, quotes, refreshFunding, type Market } from '../data/markets'
import { useStore } from '../data/store'
import { go } from '../router'
import { Dialog } from '../ui/controls'
import { Icon } from '../ui/icons'
import { Sparkline } from '../ui/sparkline'

/** Another market, by typing a few letters of it. */
function Picker({ market, onClose }: { market: Market; onClose: () => void }) {
  const all = useStore(markets) ?? []
  const now = useStore(quotes)
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const box = useRef<HTMLUListElement>(null)
  useEffect(() => followQuotes(all.filter(known => known.kind === market.kind)), [all, market.kind])
  const wanted = text.trim().toUpperCase().replace('/', '_')
  const rows = all.filter(known => (!wanted ? known.kind === market.kind : known.symbol.includes(wanted) || known.name.toUpperCase().includes(wanted))).slice(0, 120)
  const open = (to: Market) => { onClose(); go(pathOf(to)) }
  useEffect(() => { box.current?.children[at]?.scrollIntoView({ block: 'nearest' }) }, [at])
  return (
    <Dialog title="Choose a market" onClose={onClose}>
      <div className="search wide"><Icon name="search" />
        <input type="search" aria-label="Search markets" placeholder="BTC, Solana…" value={text} onChange={event => { setText(event.target.value); setAt(0) }}
          onKeyDown={event => {
            if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); setAt(now => Math.max(0, Math.min(rows.length - 1, now + (event.key === 'ArrowDown' ? 1 : -1)))) }
            if (event.key === 'Enter' && rows[at]) open(rows[at])
          }} />
      </div>
      <ul className="picks" ref={box}>
        {rows.map((known, i) => (
          <li key={keyOf(known)}><button className={i === at ? 'at' : ''} onClick={() => open(known)}>
            <span className="sym"><b>{known.base}</b>/{known.quote}{known.kind === 'futures' && <em>Perp {known.settle.toUpperCase()}</em>}</span>
            <span className="num">{amount(now.get(keyOf(known))?.last, known.priceDecimals)}</span>
            <span className={`num ${direction(now.get(keyOf(known))?.change)}`}>{percent(now.get(keyOf(known))?.change)}</span>
          </button></li>
        ))}
      </ul>
    </Dialog>
  )
}

function Funding({ market }: { market: Market }) {
  const quote = useStore(quotes).get(keyOf(market))
  const [now, setNow] = useState(Date.now())
  const next = quote?.fundingNext ?? 0
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  const due = next > 0 && next * 1000 <= now
  useEffect(() => {
    if (!due && next > 0) return
    const read = () => void refreshFunding(market.settle, market.symbol).catch(() => undefined)
    read()
    const timer = setInterval(read, 5_000)
    return () => clearInterval(timer)
  }, [due, next, market])
  return <Stat label="Funding / countdown" duo><span className={direction(quote?.fundingRate)}>{quote?.fundingRate ? percent(Number(quote.fundingRate) * 100, 4) : none}</span> <span className="faint">{next ? countdown(next - now / 1000) : ''}</span></Stat>
}

const Stat = ({ label, duo, children }: { label: string; duo?: boolean; children: React.ReactNode }) => <div className={duo ? 'stat duo' : 'stat'}><dt>{label}</dt><dd>{children}</dd></div>

export function MarketStrip({ market }: { market: Market }) {
  const quote = useStore(quotes).get(keyOf(market))
  const [picks, setPicks] = useState(false)
  useEffect(() => {
    document.title = quote?.last ? `${amount(quote.last, market.priceDecimals)} ${market.base}/${market.quote} · Sluice` : `${market.base}/${market.quote} · Sluice`
    return () => { document.title = 'Sluice' }
  }, [quote?.last, market])
  return (
    <div className="strips pane">
      <button className="chooser" onClick={() => setPicks(true)}>
        <span><b>{market.base}/{market.quote}</b><small>{market.kind === 'futures' ? `Perpetual · ${market.settle.toUpperCase()}` : market.name}</small></span><Icon name="down" /><span className="unseen">Choose another market</span>
      </button>
      <div className={`price ${direction(quote?.change)}`} data-testid="last-price">{amount(quote?.last, market.priceDecimals)}</div>
      <dl>
        <Stat label="24 h change"><span className={direction(quote?.change)}>{percent(quote?.change)}</span></Stat>
        {market.kind === 'futures' && <>
          <Stat label="Mark">{amount(quote?.mark, market.priceDecimals)}</Stat>
          <Stat label="Index">{amount(quote?.index, market.priceDecimals)}</Stat>
          <Funding market={market} />
        </>}
        <Stat label="24 h high">{amount(quote?.high, market.priceDecimals)}</Stat>
        <Stat label="24 h low">{amount(quote?.low, market.priceDecimals)}</Stat>
        <Stat label={`Turnover ${market.quote}`}>{brief(quote?.turnover)}</Stat>
        {market.kind === 'futures' && <Stat label="Open interest">{Number(quote?.openInterest) < 1000 ? trimmed(quote?.openInterest) : brief(quote?.openInterest)}</Stat>}
      </dl>
      <div className="trend"><Sparkline market={market} /></div>
      {!market.open && <p className="halt" role="status">This market is halted: orders are taken again when its operator resumes it.</p>}
      {picks && <Picker market={market} onClose={() => setPicks(false)} />}
    </div>
  )
}
