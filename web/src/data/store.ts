import { useSyncExternalStore } from 'react'

/** A value that components watch. */
export interface Store<T> {
  get(): T
  set(next: T | ((now: T) => T)): void
  watch(listener: () => void): () => void
}

export function store<T>(first: T): Store<T> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      const to = typeof next === 'function' ? (next as (now: T) => T)(value) : next
      if (Object.is(to, value)) return
      value = to
      for (const listener of [...listeners]) listener()
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export const useStore = <T>(of: Store<T>): T => useSyncExternalStore(of.watch, of.get)

/** A setting that this browser remembers. Only settings of the look go here, nothing secret. */
export function remembered<T>(name: string, first: T): Store<T> {
  let start = first
  try {
    const text = localStorage.getItem(name)
    if (text !== null) start = JSON.parse(text) as T
  } catch { /* what cannot be read is as good as not there */ }
  const inner = store(start)
  inner.watch(() => { try { localStorage.setItem(name, JSON.stringify(inner.get())) } catch { /* the browser keeps nothing */ } })
  return inner
}

/** Calls at most once in so many milliseconds, and once more for what came meanwhile. */
export function gathered(millis: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return () => { timer ??= setTimeout(() => { timer = undefined; act() }, millis) }
}
