import { useMemo, useState } from 'react'
import { call, get } from '../api/rest'
import type { FuturesAccount, SpotAccountBook, TotalBalance } from '../api/schema'
import { balances, readAccount } from '../data/account'
import * as decimal from '../data/decimal'
import { amount, capital, direction, moment, signed, trimmed, words } from '../data/format'
import { quotes, settles } from '../data/markets'
import { Go } from '../router'
import { remembered, useStore } from '../data/store'
import { Check, Dialog, Empty, NumberField, Problem, Select, Tabs, useAction, Waiting } from '../ui/controls'
import { useReading } from '../ui/reading'
import { Table, type Column } from '../ui/table'
import { tell } from '../ui/toast'
import { Curve } from './equity'
import { NeedsSession } from './needs-session'

interface Holding { code: string; available: string; locked: string; value: number }

const hideSmall = remembered('sluice.hide-small', false)
const dust = 1

/** The worth in USDT at the last price of its market, 0 where there is none. Shown as an estimate; nothing is settled by it. */
function useWorth() {
  const now = useStore(quotes)
  return useMemo(() => (code: string) => (code === 'USDT' ? 1 : Number(now.get(`spot:${code}_USDT`)?.last ?? 0)), [now])
}

const walletNames: Record<string, string> = { spot: 'Spot', futures: 'Futures', delivery: 'Delivery', options: 'Options', margin: 'Margin' }

function TransferDialog({ onClose }: { onClose: () => void }) {
  const owned = useStore(balances)
  const settlesNow = useStore(settles)
  const settleList = settlesNow.length ? settlesNow : ['usdt']
  const [settle, setSettle] = useState(settleList[0]!)
  const [out, setOut] = useState(true)
  const [size, setSize] = useState('')
  const action = useAction()
  const code = settle.toUpperCase()
  const futures = useReading(() => get<FuturesAccount>(`/futures/${settle}/accounts`), [settle])
  const free = out ? owned?.get(code)?.available : futures.value?.available
  const send = async () => {
    const done = await action.run(() => call('POST', '/wallet/transfers', undefined, { currency: code, from: out ? 'spot' : 'futures', to: out ? 'futures' : 'spot', amount: size, settle }))
    if (!done) return
    tell('good', `${trimmed(size)} ${code} moved`, out ? 'From spot to futures' : 'From futures to spot')
    void readAccount()
    onClose()
  }
  return (
    <Dialog title="Transfer" onClose={onClose}>
      <form className="stack" onSubmit={event => { event.preventDefault(); void send() }}>
        <Select label="Direction" value={out ? 'out' : 'in'} onChange={to => setOut(to === 'out')} items={[{ id: 'out', label: 'Spot → Futures' }, { id: 'in', label: 'Futures → Spot' }]} />
        <Select label="Futures wallet" value={settle} onChange={setSettle} items={settleList.map(id => ({ id, label: `Settled in ${id.toUpperCase()}` }))} />
        <NumberField label="Amount" unit={code} value={size} onChange={setSize} hint={<>Available: <button type="button" className="inline" onClick={() => setSize(decimal.short(decimal.of(free)))}>{free === undefined ? '–' : trimmed(free)} {code}</button></>} />
        {action.error && <p className="wrongs" role="alert">{action.error}</p>}
        <button className="primary block" disabled={action.busy || !Number(size)}>Transfer</button>
      </form>
    </Dialog>
  )
}

function AccountBook() {
  const { value: rows, error, again } = useReading(() => get<SpotAccountBook[]>('/spot/account_book', { limit: 100 }), [], 10_000)
  if (error) return <Problem text={error} retry={() => void again()} />
  if (!rows) return <Waiting />
  const columns: Column<SpotAccountBook>[] = [
    { id: 'time', label: 'Time', cell: row => <span className="faint">{moment(Number(row.time) > 1e12 ? Number(row.time) : Number(row.time) * 1000)}</span> },
    { id: 'kind', label: 'What', cell: row => capital(words(row.type ?? '')) }, { id: 'asset', label: 'Asset', cell: row => <b>{row.currency}</b> },
    { id: 'change', label: 'Change', number: true, cell: row => <span className={direction(row.change)}>{signed(row.change)}</span> }, { id: 'after', label: 'Balance', number: true, cell: row => amount(row.balance) },
  ]
  return rows.length ? <Table caption="Account book" columns={columns} rows={rows} idOf={row => row.id!} /> : <Empty title="Nothing has moved yet" />
}

function FuturesWallet() {
  const list = useStore(settles)
  const { value: rows, error, again } = useReading(() => Promise.all(list.map(settle => get<FuturesAccount>(`/futures/${settle}/accounts`).then(account => ({ ...account, currency: account.currency ?? settle.toUpperCase() })))), [list], 5_000)
  if (list.length === 0) return <Empty icon="bolt" title="This venue has no futures" />
  if (error) return <Problem text={error} retry={() => void again()} />
  if (!rows) return <Waiting />
  const columns: Column<FuturesAccount>[] = [
    { id: 'asset', label: 'Wallet', cell: row => <b>{row.currency}</b> }, { id: 'total', label: 'Balance', number: true, cell: row => amount(row.total) },
    { id: 'pnl', label: 'Unrealised', number: true, cell: row => <span className={direction(row.unrealised_pnl)}>{signed(row.unrealised_pnl)}</span> },
    { id: 'position', label: 'Position margin', number: true, wide: true, cell: row => amount(row.position_margin) }, { id: 'order', label: 'Order margin', number: true, wide: true, cell: row => amount(row.order_margin) },
    { id: 'free', label: 'Available', number: true, cell: row => amount(row.available) },
  ]
  return <Table caption="Futures wallets" columns={columns} rows={rows} idOf={row => row.currency!} />
}

type Part = 'spot' | 'futures' | 'book'

function Wallet() {
  const owned = useStore(balances)
  const worth = useWorth()
  const small = useStore(hideSmall)
  const list = useStore(settles)
  const total = useReading(() => get<TotalBalance>('/wallet/total_balance', { currency: 'USDT' }), [], 10_000)
  const [part, setPart] = useState<Part>('spot')
  const [moving, setMoving] = useState(false)
  const holdings: Holding[] = useMemo(() => [...(owned ?? [])].map(([code, { available, locked }]) => ({ code, available, locked, value: (Number(available) + Number(locked)) * worth(code) }))
    .filter(row => Number(row.available) || Number(row.locked)).sort((a, b) => b.value - a.value), [owned, worth])
  const sizes = useMemo(() => new Map(holdings.map(holding => [holding.code, Number(holding.available) + Number(holding.locked)])), [holdings])
  const columns: Column<Holding>[] = [
    { id: 'asset', label: 'Asset', cell: row => <b>{row.code}</b> }, { id: 'free', label: 'Available', number: true, cell: row => amount(row.available) },
    { id: 'held', label: 'In orders', number: true, wide: true, cell: row => amount(row.locked) }, { id: 'worth', label: 'Worth USDT', number: true, cell: row => amount(row.value, 2) },
  ]
  const shown = holdings.filter(row => !small || row.value >= dust)
  return (
    <div className="page">
      <header><h1>Wallet</h1><span className="rowform"><Go to="/keys" className="plain">API keys</Go>{list.length > 0 && <button className="primary" onClick={() => setMoving(true)}>Transfer</button>}</span></header>
      <section className="card">
        <dl className="figures">
          <div><dt>Total, all wallets</dt><dd data-testid="total">{amount(total.value?.total?.amount, 2)} <small>USDT</small></dd></div>
          {Object.entries((total.value?.details ?? {}) as Record<string, { amount?: string; currency?: string }>).filter(([, entry]) => Number(entry.amount)).map(([name, entry]) => <div key={name}><dt>{walletNames[name] ?? capital(words(name))}</dt><dd>{amount(entry.amount, 2)} <small>{entry.currency}</small></dd></div>)}
        </dl>
      </section>
      <section className="card"><h2>Equity</h2>{owned ? <Curve spot={sizes} settles={list} worth={worth} /> : <Waiting rows={4} />}</section>
      <section className="card flush">
        <Tabs label="Part of the wallet" value={part} onChange={setPart} items={[{ id: 'spot', label: 'Spot' }, { id: 'futures', label: 'Futures' }, { id: 'book', label: 'Account book' }]}>
          {part === 'spot' && <Check label="Hide small balances" value={small} onChange={hideSmall.set} />}
        </Tabs>
        {part === 'book' ? <AccountBook /> : part === 'futures' ? <FuturesWallet /> : !owned ? <Waiting /> : shown.length ? <Table caption="Spot balances" columns={columns} rows={shown} idOf={row => row.code} /> : <Empty icon="wallet" title="Nothing here">The demo account gets funds on the page Demo funds.</Empty>}
      </section>
      {moving && <TransferDialog onClose={() => setMoving(false)} />}
    </div>
  )
}

export default function WalletPage() { return <NeedsSession title="Wallet" what="Sign in to see your balances"><Wallet /></NeedsSession> }
