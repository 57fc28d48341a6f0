import { createRoot } from 'react-dom/client'
import { refreshSession } from './api/rest'
import { watchLinks } from './api/socket'
import { App } from './app'
import { followAccount } from './data/account'
import { loadMarkets } from './data/markets'
import { applyTheme } from './theme'
import './styles/tokens.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/pages.css'
import './styles/terminal.css'

applyTheme()
watchLinks()
void refreshSession().then(followAccount)
void loadMarkets()
createRoot(document.getElementById('root')!).render(<App />)
