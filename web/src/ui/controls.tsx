import { useEffect, useId, useRef, useState, type InputHTMLAttributes, type KeyboardEvent, type ReactNode } from 'react'
import { Icon, type IconName } from './icons'

/** Tabs by the book: arrows move, the panel is named. */
export function Tabs<T extends string>({ label, value, onChange, items, small, children }: {
  label: string; value: T; onChange: (to: T) => void; items: readonly { id: T; label: ReactNode }[]; small?: boolean; children?: ReactNode
}) {
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (!step) return
    event.preventDefault()
    const at = items.findIndex(item => item.id === value)
    const next = items[(at + step + items.length) % items.length]!
    onChange(next.id)
    ;(event.currentTarget.querySelector(`[data-tab="${next.id}"]`) as HTMLElement | null)?.focus()
  }
  return (
    <div className={small ? 'tabs small' : 'tabs'}>
      <div role="tablist" aria-label={label} onKeyDown={onKey}>
        {items.map(item => (
          <button key={item.id} type="button" role="tab" data-tab={item.id} aria-selected={item.id === value} tabIndex={item.id === value ? 0 : -1} onClick={() => onChange(item.id)}>{item.label}</button>
        ))}
      </div>
      {children && <div className="beside">{children}</div>}
    </div>
  )
}

/** A few choices of which one holds. */
export function Choice<T extends string>({ label, value, onChange, items, className }: {
  label: string; value: T; onChange: (to: T) => void; items: readonly { id: T; label: ReactNode; className?: string }[]; className?: string
}) {
  return (
    <div className={`choice ${className ?? ''}`} role="group" aria-label={label}>
      {items.map(item => <button key={item.id} type="button" className={item.className} aria-pressed={item.id === value} onClick={() => onChange(item.id)}>{item.label}</button>)}
    </div>
  )
}

/** A number is typed as it goes to the API: digits and a point, and a comma read as one. */
export function NumberField({ label, unit, value, onChange, hint, error, step, ...rest }: {
  label: string; unit?: ReactNode; value: string; onChange: (to: string) => void; hint?: ReactNode; error?: string; step?: string
} & Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value' | 'step'>) {
  const id = useId()
  const nudge = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
    if (!by || !step) return
    event.preventDefault()
    const decimals = step.includes('.') ? step.length - step.indexOf('.') - 1 : 0
    onChange(Math.max(0, Number(value || 0) + by * Number(step)).toFixed(decimals))
  }
  return (
    <div className={error ? 'field wrong' : 'field'}>
      <label htmlFor={id}>{label}</label>
      <div className="entry">
        <input id={id} inputMode="decimal" autoComplete="off" spellCheck={false} value={value} aria-invalid={!!error} aria-describedby={error || hint ? `${id}-hint` : undefined}
          onChange={event => { const text = event.target.value.replace(',', '.'); if (/^\d*\.?\d*$/.test(text)) onChange(text) }} onKeyDown={nudge} {...rest} />
        {unit && <span className="unit">{unit}</span>}
      </div>
      {(error || hint) && <p className="hint" id={`${id}-hint`}>{error || hint}</p>}
    </div>
  )
}

export function TextField({ label, value, onChange, hint, ...rest }: { label: string; value: string; onChange: (to: string) => void; hint?: ReactNode } & Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'>) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="entry"><input id={id} value={value} onChange={event => onChange(event.target.value)} spellCheck={false} {...rest} /></div>
      {hint && <p className="hint">{hint}</p>}
    </div>
  )
}

export function Select<T extends string>({ label, value, onChange, items, quiet }: { label: string; value: T; onChange: (to: T) => void; items: readonly { id: T; label: string }[]; quiet?: boolean }) {
  const id = useId()
  return (
    <div className={quiet ? 'field quiet' : 'field'}>
      <label htmlFor={id} className={quiet ? 'unseen' : ''}>{label}</label>
      <div className="entry">
        <select id={id} value={value} onChange={event => onChange(event.target.value as T)}>
          {items.map(item => <option key={item.id} value={item.id}>{item.label}</option>)}
        </select>
        <span className="unit"><Icon name="down" /></span>
      </div>
    </div>
  )
}

export const Check = ({ label, value, onChange }: { label: ReactNode; value: boolean; onChange: (to: boolean) => void }) => (
  <label className="check"><input type="checkbox" checked={value} onChange={event => onChange(event.target.checked)} /><span>{label}</span></label>
)

/** A window over the page: the browser's own, so focus stays in it and Escape closes it. */
export function Dialog({ title, onClose, children, wide }: { title: string; onClose: () => void; children: ReactNode; wide?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = ref.current!
    dialog.showModal()
    dialog.querySelector<HTMLElement>('input, select, button.primary')?.focus()
    return () => dialog.close()
  }, [])
  return (
    <dialog ref={ref} aria-labelledby={id} className={wide ? 'wide' : ''} onCancel={event => { event.preventDefault(); onClose() }} onClick={event => { if (event.target === ref.current) onClose() }}>
      <div className="inside">
        <header><h2 id={id}>{title}</h2><button className="icon" aria-label="Close" onClick={onClose}><Icon name="close" /></button></header>
        {children}
      </div>
    </dialog>
  )
}

/** What a place shows that has nothing to show, and what to do about it. */
export const Empty = ({ icon = 'info', title, children }: { icon?: IconName; title: string; children?: ReactNode }) => (
  <div className="empty"><Icon name={icon} /><strong>{title}</strong>{children && <div>{children}</div>}</div>
)

export const Problem = ({ text, retry }: { text: string; retry?: () => void }) => (
  <div className="empty problem" role="alert"><Icon name="info" /><strong>{text}</strong>{retry && <button className="plain" onClick={retry}>Try again</button>}</div>
)

export const Waiting = ({ rows = 6 }: { rows?: number }) => <div className="waiting" role="status" aria-label="Loading">{Array.from({ length: rows }, (_, i) => <i key={i} />)}</div>

/** Runs one thing at a time and keeps what went wrong with it. */
export function useAction(): { busy: boolean; error: string; clear: () => void; run: (act: () => Promise<unknown>) => Promise<boolean> } {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  return {
    busy, error, clear: () => setError(''),
    run: async act => {
      if (busy) return false
      setBusy(true)
      setError('')
      try {
        await act()
        return true
      } catch (failure) {
        setError(failure instanceof Error ? failure.message : String(failure))
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}
