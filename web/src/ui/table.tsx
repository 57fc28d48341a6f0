import type { ReactNode } from 'react'
import { Icon } from './icons'

export interface Column<T> {
  id: string
  label: string
  /** Numbers stand to the right. */
  number?: boolean
  cell: (row: T) => ReactNode
  sort?: (row: T) => number | string
  /** Hidden where there is little room. */
  wide?: boolean
}

export interface Sorting { by: string; up: boolean }

export function sorted<T>(rows: readonly T[], columns: readonly Column<T>[], sorting: Sorting): T[] {
  const key = columns.find(column => column.id === sorting.by)?.sort
  if (!key) return [...rows]
  return [...rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)]
    return (x < y ? -1 : x > y ? 1 : 0) * (sorting.up ? 1 : -1)
  })
}

export function Table<T>({ caption, columns, rows, idOf, sorting, onSort, onRow, className, onOver }: {
  caption: string; columns: readonly Column<T>[]; rows: readonly T[]; idOf: (row: T) => string; sorting?: Sorting; onSort?: (to: Sorting) => void; onRow?: (row: T) => void; className?: string; onOver?: (row: T) => void
}) {
  return (
    <div className={`table ${className ?? ''}`} tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column.id} scope="col" className={`${column.number ? 'number' : ''} ${column.wide ? 'roomy' : ''}`} aria-sort={sorting?.by === column.id ? (sorting.up ? 'ascending' : 'descending') : undefined}>
                {column.sort && onSort
                  ? <button type="button" className={sorting?.by === column.id ? (sorting.up ? 'by up' : 'by') : ''} onClick={() => onSort({ by: column.id, up: sorting?.by === column.id ? !sorting.up : !column.number })}>{column.label}<Icon name="down" /></button>
                  : column.label || <span className="unseen">Actions</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={idOf(row)} onClick={onRow && (event => { if (!(event.target as HTMLElement).closest('button,a')) onRow(row) })} onMouseEnter={onOver && (() => onOver(row))} className={onRow ? 'linked' : ''}>
              {columns.map(column => <td key={column.id} className={`${column.number ? 'number' : ''} ${column.wide ? 'roomy' : ''}`}>{column.cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
