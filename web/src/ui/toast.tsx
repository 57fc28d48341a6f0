import { useEffect } from 'react'
import { store, useStore } from '../data/store'
import { Icon } from './icons'

type Tone = 'up' | 'down' | 'good' | 'bad' | 'plain'
interface Note { id: number; tone: Tone; title: string; text: string }

const notes = store<Note[]>([])
let next = 1
const shown = 4, lifeMillis = 6_000

/** Says something for a few seconds, also to screen readers. */
export function tell(tone: Tone, title: string, text = '') {
  notes.set(now => [...now.slice(1 - shown), { id: next++, tone, title, text }])
}

const drop = (id: number) => notes.set(now => now.filter(note => note.id !== id))

function Toast({ note }: { note: Note }) {
  useEffect(() => {
    const timer = setTimeout(() => drop(note.id), note.tone === 'bad' ? lifeMillis * 2 : lifeMillis)
    return () => clearTimeout(timer)
  }, [note])
  return (
    <div className={`toast ${note.tone}`}>
      <div><strong>{note.title}</strong>{note.text && <p>{note.text}</p>}</div>
      <button className="icon" aria-label="Dismiss" onClick={() => drop(note.id)}><Icon name="close" /></button>
    </div>
  )
}

export const Toasts = () => <div className="toasts" role="status" aria-live="polite">{useStore(notes).map(note => <Toast key={note.id} note={note} />)}</div>
