import { remembered } from './data/store'

export type Theme = 'dark' | 'light'

/** Dark unless the system or the visitor says otherwise. */
export const theme = remembered<Theme>('sluice.theme', matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark')

export function applyTheme() {
  const apply = () => { document.documentElement.dataset.theme = theme.get() }
  theme.watch(apply)
  apply()
}

export const toggleTheme = () => theme.set(now => (now === 'dark' ? 'light' : 'dark'))

/** A colour of the tokens, for what draws on a canvas. */
export const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
