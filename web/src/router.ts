import { createElement, type AnchorHTMLAttributes, type MouseEvent } from 'react'
import { store, useStore } from './data/store'

const path = store(location.pathname)
addEventListener('popstate', () => path.set(location.pathname))

export function go(to: string, replace = false) {
  if (to === location.pathname) return
  history[replace ? 'replaceState' : 'pushState'](null, '', to)
  path.set(to)
  scrollTo(0, 0)
}

export const usePath = () => useStore(path)

/** A link that does not load the page anew. */
export function Go({ to, children, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go(to)
  }
  return createElement('a', { href: to, onClick, ...rest }, children)
}
