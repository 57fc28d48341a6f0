import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { brief, amount, capital, direction, none, percent, words } from '../data/format'
import { favourites, followQuotes, keyOf, loadMarkets, markets, marketsError, pathOf, quotes, toggleFavourite, type Market } from '../data/markets'
import { remembered, useStore } from '../data/store'
import { Go, go } from '../router'
import { Choice, Empty, Problem, Waiting } from '../ui/controls'
import { Icon } from '../ui/icons'
import { Sparkline } from '../ui/sparkline'
import { sorted, Table, type Column, type Sorting } from '../ui/table'

type List = 'favourites' | 'spot' | 'futures'

const list = remembered<List>('sluice.markets.list', 'spot')
const sorting = remembered<Sorting>('sluice.markets.sort', { by: 'turnover', up: false })

function Star({ market }: { market: Market }) {
  const key = keyOf(market)
  const on = useStore(favourites).includes(key)
  return <button className={on ? 'icon star on' : 'icon star'} aria-pressed={on} aria-label={`Favourite ${market.symbol}`} onClick={() => toggleFavourite(key)}><Icon name="star" filled={on} /></button>
}

/** What moves most and what is traded most, at the top of the page. */
function Highlights({ all }: { all: Market[] }) {
  const now = useStore(quotes)
  const known = all.filter(market => now.get(keyOf(market))?.last && market.quote !== 'BTC' && market.quote !== 'ETH')
  const by = (key: 'change' | 'turnover', sign: number) => [...known].sort((a, b) => sign * (Number(now.get(keyOf(b))![key]) - Number(now.get(keyOf(a))![key]))).slice(0, 3)
  const groups = [{ title: 'Most traded', rows: by('turnover', 1) }, { title: 'Rising', rows: by('change', 1) }, { title: 'Falling', rows: by('change', -1) }]
  return (
    <div className="highlights">
      {groups.map(group => (
        <section key={group.title} className="card">
          <h2>{group.title}</h2>
          {group.rows.map(market => {
            const quote = now.get(keyOf(market))!
            return (
              <Go key={keyOf(market)} to={pathOf(market)} className="row">
                <span className="sym"><b>{market.base}</b>/{market.quote}{market.kind === 'futures' && <em>Perp</em>}</span>
                <span className="num">{amount(quote.last, market.priceDecimals)}</span>
                <span className={`num ${direction(quote.change)}`}>{percent(quote.change)}</span>
              </Go>
            )
          })}
        </section>
      ))}
    </div>
  )
}

export function MarketsPage() {
  const all = useStore(markets)
  const problem = useStore(marketsError)
  const now = useStore(quotes)
  const stars = useStore(favourites)
  const shown = useStore(list)
  const sort = useStore(sorting)
  const [search, setSearch] = useState('')
  const [category, setCategory] = useState('all')
  const wanted = useDeferredValue(search).trim().toUpperCase()
  useEffect(() => (all ? followQuotes(all) : undefined), [all])

  const columns = useMemo<Column<Market>[]>(() => {
    const quote = (market: Market) => now.get(keyOf(market))
    const number = (text: string | undefined) => (text ? Number(text) : -Infinity)
    return [
      { id: 'star', label: '', cell: market => <Star market={market} /> },
      { id: 'symbol', label: 'Market', sort: market => market.symbol, cell: market => (
        <Go to={pathOf(market)} className="market"><span className="sym"><b>{market.base}</b>/{market.quote}{market.kind === 'futures' && <em>{market.leverageMax}x</em>}{!market.open && <em className="halted">Halted</em>}</span><small>{market.name}</small></Go>
      ) },
      { id: 'last', label: 'Last price', number: true, sort: market => number(quote(market)?.last), cell: market => amount(quote(market)?.last, market.priceDecimals) },
      { id: 'change', label: '24 h', number: true, sort: market => number(quote(market)?.change), cell: market => <span className={direction(quote(market)?.change)}>{percent(quote(market)?.change)}</span> },
      { id: 'spark', label: '48 hours', number: true, wide: true, cell: market => <Sparkline market={market} /> },
      { id: 'high', label: 'High', number: true, wide: true, sort: market => number(quote(market)?.high), cell: market => amount(quote(market)?.high, market.priceDecimals) },
      { id: 'low', label: 'Low', number: true, wide: true, sort: market => number(quote(market)?.low), cell: market => amount(quote(market)?.low, market.priceDecimals) },
      { id: 'turnover', label: 'Turnover', number: true, wide: true, sort: market => number(quote(market)?.turnover), cell: market => <>{brief(quote(market)?.turnover)} <small>{market.quote}</small></> },
      ...(shown === 'futures' ? [{ id: 'funding', label: 'Funding', number: true, wide: true, sort: (market: Market) => number(quote(market)?.fundingRate), cell: (market: Market) => (quote(market)?.fundingRate ? percent(Number(quote(market)!.fundingRate) * 100, 4) : none) }] : []),
    ]
  }, [now, shown])

  if (!all) return problem ? <Problem text={problem} retry={() => void loadMarkets()} /> : <Waiting rows={14} />
  const ofList = all.filter(market => (shown === 'favourites' ? stars.includes(keyOf(market)) : market.kind === shown))
  const categories = ['all', ...new Set(ofList.flatMap(market => market.categories))]
  const chosen = categories.includes(category) ? category : 'all'
  const rows = sorted(ofList.filter(market => (chosen === 'all' || market.categories.includes(chosen)) && (!wanted || market.symbol.includes(wanted.replace('/', '_')) || market.name.toUpperCase().includes(wanted))), columns, sort)
  const kinds = [{ id: 'favourites' as const, label: 'Favourites' }, { id: 'spot' as const, label: 'Spot' }, ...(all.some(market => market.kind === 'futures') ? [{ id: 'futures' as const, label: 'Futures' }] : [])]

  return (
    <div className="page">
      <h1>Markets</h1>
      <Highlights all={all} />
      <section className="card flush">
        <div className="bar">
          <Choice label="List" value={shown} onChange={list.set} items={kinds} />
          <div className="search"><Icon name="search" /><input type="search" aria-label="Search markets" placeholder="Search" value={search} onChange={event => setSearch(event.target.value)} /></div>
        </div>
        {categories.length > 2 && (
          <div className="chips" role="group" aria-label="Category">
            {categories.map(name => <button key={name} aria-pressed={name === chosen} onClick={() => setCategory(name)}>{capital(words(name))}</button>)}
          </div>
        )}
        {rows.length > 0 ? <Table caption="Markets" className="markets" columns={columns} rows={rows} idOf={keyOf} sorting={sort} onSort={sorting.set} onRow={market => go(pathOf(market))} />
          : shown === 'favourites' && stars.length === 0 ? <Empty icon="star" title="No favourites yet">Mark a market with its star, and it stands here.</Empty>
            : <Empty icon="search" title="Nothing matches">Try another word{chosen !== 'all' && ', or all categories'}.</Empty>}
      </section>
    </div>
  )
}
