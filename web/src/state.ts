import { remembered, store } from './data/store'

/** Whether the sign-in window is open. */
export const signingIn = store(false)
export const lastSpot = remembered('sluice.spot', 'BTC_USDT')
export const lastFutures = remembered('sluice.futures', 'usdt/BTC_USDT')
