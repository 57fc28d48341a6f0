import { Component, lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import { session, signOut } from './api/rest'
import { linkNow, type Link } from './api/socket'
import { markets } from './data/markets'
import { useStore } from './data/store'
import { MarketsPage } from './pages/markets'
import { SignIn } from './pages/sign-in'
import { Go, go, usePath } from './router'
import { lastFutures, lastSpot, signingIn } from './state'
import { theme, toggleTheme } from './theme'
import { Empty, Problem, Waiting } from './ui/controls'
import { Icon, type IconName } from './ui/icons'
import { tell, Toasts } from './ui/toast'

const Terminal = lazy(() => import('./terminal/terminal'))
const WalletPage = lazy(() => import('./pages/wallet'))
const KeysPage = lazy(() => import('./pages/keys'))
const FundsPage = lazy(() => import('./pages/funds'))
const ConsolePage = lazy(() => import('./pages/console'))

const links: Record<Link, string> = { idle: 'Not connected', connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' }

interface Place { to: string; label: string; icon: IconName; root: string }

const usePlaces = (): Place[] => [
  { to: '/markets', label: 'Markets', icon: 'markets', root: '/markets' },
  { to: `/spot/${useStore(lastSpot)}`, label: 'Spot', icon: 'chart', root: '/spot' },
  { to: `/futures/${useStore(lastFutures)}`, label: 'Futures', icon: 'bolt', root: '/futures' },
  { to: '/wallet', label: 'Wallet', icon: 'wallet', root: '/wallet' },
  { to: '/funds', label: 'Demo funds', icon: 'coins', root: '/funds' },
  { to: '/keys', label: 'API keys', icon: 'key', root: '/keys' },
  { to: '/console', label: 'Console', icon: 'tool', root: '/console' },
]

function Header({ path }: { path: string }) {
  const who = useStore(session)
  const link = useStore(linkNow)
  const places = usePlaces()
  const dark = useStore(theme) === 'dark'
  return (
    <header className="top">
      <Go to="/markets" className="brand" aria-label="Sluice, markets"><img src="/favicon.svg" width="24" height="24" alt="" /><span>Sluice</span></Go>
      <nav aria-label="Main">{places.map(place => <Go key={place.root} to={place.to} aria-current={path.startsWith(place.root) ? 'page' : undefined}>{place.label}</Go>)}</nav>
      <div className="ends">
        {link !== 'idle' && <span className={`link ${link}`} role="status"><i aria-hidden="true" />{links[link]}</span>}
        <button className="icon" onClick={toggleTheme} aria-label={dark ? 'Light colours' : 'Dark colours'}><Icon name={dark ? 'sun' : 'moon'} /></button>
        {who?.signed_in
          ? <><span className="who" title={`User ${who.user_id}`}><Icon name="user" />{who.name || who.user_id}</span><button className="plain" onClick={() => void signOut().then(() => tell('plain', 'Signed out')).catch((error: Error) => tell('bad', 'Not signed out', error.message))}>Sign out</button></>
          : <button className="primary" onClick={() => signingIn.set(true)}>Sign in</button>}
      </div>
    </header>
  )
}

const Foot = ({ path }: { path: string }) => (
  <nav className="foot" aria-label="Main, on small screens">
    {usePlaces().filter(place => place.label !== 'API keys').map(place => <Go key={place.root} to={place.to} aria-current={path.startsWith(place.root) ? 'page' : undefined}><Icon name={place.icon} /><span>{place.label}</span></Go>)}
  </nav>
)

function Page({ path }: { path: string }) {
  const list = useStore(markets)
  const [, root, a, b] = path.split('/')
  useEffect(() => {
    if (root === 'spot' && a) lastSpot.set(a)
    if (root === 'futures' && a && b) lastFutures.set(`${a}/${b}`)
  }, [root, a, b])
  switch (root) {
    case '': case 'markets': return <MarketsPage />
    case 'spot': case 'futures': {
      if (!list) return <Waiting rows={12} />
      const market = list.find(known => known.kind === root && (root === 'spot' ? known.symbol === a : known.settle === a && known.symbol === b))
      if (market) return <Terminal key={path} market={market} />
      if (root === 'futures' && !list.some(known => known.kind === 'futures')) return <Empty icon="bolt" title="This venue has no futures">Its build or its market file lists none. <Go to="/markets">See what it has</Go></Empty>
      return <Empty icon="search" title={`There is no market ${a ?? ''} ${b ?? ''}`}><Go to="/markets">See all markets</Go></Empty>
    }
    case 'wallet': return <WalletPage />
    case 'keys': return <KeysPage />
    case 'funds': return <FundsPage />
    case 'console': return <ConsolePage />
    default: return <Empty icon="search" title="There is no such page"><Go to="/markets">Go to the markets</Go></Empty>
  }
}

/** What breaks on one page is told there, and the rest goes on. */
class Guard extends Component<{ children: ReactNode }, { error: string }> {
  override state = { error: '' }
  static getDerivedStateFromError = (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) })
  override render() {
    return this.state.error ? <Problem text={`This page failed: ${this.state.error}`} retry={() => this.setState({ error: '' })} /> : this.props.children
  }
}

export function App() {
  const path = usePath()
  const asks = useStore(signingIn)
  const [loaded, setLoaded] = useState(false)
  const link = useStore(linkNow)
  useEffect(() => { if (link === 'live') setLoaded(true) }, [link])
  useEffect(() => { if (path === '/') go('/markets', true) }, [path])
  return (
    <>
      <a className="skip" href="#main">Skip to content</a>
      <Header path={path} />
      {loaded && link === 'lost' && <p className="strip" role="alert">The connection to the venue was lost. Reconnecting; what you see may be old.</p>}
      <main id="main" tabIndex={-1}><Guard key={path}><Suspense fallback={<Waiting rows={12} />}><Page path={path} /></Suspense></Guard></main>
      <Foot path={path} />
      {asks && <SignIn onClose={() => signingIn.set(false)} />}
      <Toasts />
    </>
  )
}
