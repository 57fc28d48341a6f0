import { get } from '../api/rest'
import { moment, trimmed } from '../data/format'
import { futuresEnded } from '../data/futures'
import { useStore } from '../data/store'
import { Empty, Problem, Waiting } from '../ui/controls'
import { useReading } from '../ui/reading'
import { Table, type Column } from '../ui/table'
import { tell } from '../ui/toast'

export const name = (contract: string | undefined) => (contract ?? '').replace('_', '/')
export const negative = (size: unknown) => String(size).startsWith('-')
export const bare = (size: unknown) => trimmed(String(size).replace('-', ''))
export const sideCell = (size: unknown) => <span className={negative(size) ? 'down' : 'up'}>{negative(size) ? 'Sell' : 'Buy'}</span>
export const failed = (title: string) => (error: Error) => tell('bad', title, error.message)
export const time = (seconds: number | undefined) => <span className="faint">{moment((seconds ?? 0) * 1000)}</span>

/** A list of what was, read anew whenever something ended. */
export function Past<T>({ path, query, columns, idOf, caption, empty, pick }: { path: string; query: Record<string, string | number>; columns: Column<T>[]; idOf: (row: T, i?: number) => string; caption: string; empty: string; pick?: (answer: unknown) => T[] }) {
  const tick = useStore(futuresEnded)
  const { value: rows, error, again } = useReading(async () => { const answer = await get<T[]>(path, query); return pick ? pick(answer) : answer }, [path, JSON.stringify(query), tick])
  if (error) return <Problem text={error} retry={() => void again()} />
  if (!rows) return <Waiting rows={4} />
  return rows.length ? <Table caption={caption} columns={columns} rows={rows} idOf={idOf} /> : <Empty title={empty} />
}
