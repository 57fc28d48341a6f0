import { useCallback, useEffect, useState } from 'react'

/** Something that is read from the venue, again on demand, and every so often. */
export function useReading<T>(read: () => Promise<T>, deps: readonly unknown[], everyMillis = 0): { value: T | null; error: string; again: () => Promise<void> } {
  const [value, setValue] = useState<T | null>(null)
  const [error, setError] = useState('')
  // The caller names what the reading depends on.
  const again = useCallback(async () => {
    try {
      setValue(await read())
      setError('')
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure))
    }
  }, deps)
  useEffect(() => {
    void again()
    if (!everyMillis) return
    const timer = setInterval(() => { if (document.visibilityState === 'visible') void again() }, everyMillis)
    return () => clearInterval(timer)
  }, [again, everyMillis])
  return { value, error, again }
}
