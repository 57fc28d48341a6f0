import { useEffect, useRef, useState } from 'react'
import type { LocalBook } from '../data/book'
import { amount, trimmed } from '../data/format'
import type { Market } from '../data/markets'
import { useStore } from '../data/store'
import { theme, token } from '../theme'
import { Choice } from '../ui/controls'
import { useDepth } from './book'

interface Point { price: number; total: number }

const summed = (levels: readonly (readonly [number, number])[]): Point[] => {
  let total = 0
  return levels.map(([price, size]) => ({ price, total: total += size }))
}

/** How much lies between the middle and each price, both sides, drawn to the same scale. */
export function DepthChart({ market, book, onCandles }: { market: Market; book: LocalBook | null; onCandles: () => void }) {
  const depth = useDepth(book)
  const canvas = useRef<HTMLCanvasElement>(null)
  const colours = useStore(theme)
  const [at, setAt] = useState<number | null>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setSize({ width: entry!.contentRect.width, height: entry!.contentRect.height }))
    observer.observe(canvas.current!.parentElement!)
    return () => observer.disconnect()
  }, [])

  const bids = summed(depth.bids), asks = summed(depth.asks)
  const middle = bids[0] && asks[0] ? (bids[0].price + asks[0].price) / 2 : 0
  const reach = middle ? Math.min(middle - bids[bids.length - 1]!.price, asks[asks.length - 1]!.price - middle) || 1 : 1
  const most = Math.max(bids.filter(point => point.price >= middle - reach).at(-1)?.total ?? 0, asks.filter(point => point.price <= middle + reach).at(-1)?.total ?? 0) || 1
  const priceAt = (x: number) => middle - reach + (x / size.width) * 2 * reach
  const under = at === null || !middle ? null : priceAt(at) < middle ? bids.filter(point => point.price >= priceAt(at)).at(-1) : asks.filter(point => point.price <= priceAt(at)).at(-1)

  useEffect(() => {
    const element = canvas.current!
    const { width, height } = size
    const scale = devicePixelRatio || 1
    element.width = width * scale
    element.height = height * scale
    const draw = element.getContext('2d')!
    draw.scale(scale, scale)
    draw.clearRect(0, 0, width, height)
    if (!middle || !width) return
    const foot = height - 24
    const x = (price: number) => ((price - middle + reach) / (2 * reach)) * width
    const y = (total: number) => foot - (total / most) * (foot - 36)
    for (const [points, colour, soft, edge] of [[bids, 'up', 'up-soft', 0], [asks, 'down', 'down-soft', width]] as const) {
      draw.beginPath()
      draw.moveTo(x(points[0]!.price), foot)
      let last = 0
      for (const point of points) {
        draw.lineTo(x(point.price), y(last))
        draw.lineTo(x(point.price), y(point.total))
        last = point.total
      }
      draw.lineTo(edge, y(last))
      draw.strokeStyle = token(colour)
      draw.lineWidth = 1.5
      draw.stroke()
      draw.lineTo(edge, foot)
      draw.closePath()
      draw.fillStyle = token(soft)
      draw.fill()
    }
    draw.fillStyle = token('muted')
    draw.font = `11px ${token('font')}`
    draw.textAlign = 'center'
    for (const part of [0.1, 0.3, 0.5, 0.7, 0.9]) draw.fillText(amount(middle - reach + part * 2 * reach, market.priceDecimals), part * width, height - 8)
    if (at !== null) {
      draw.strokeStyle = token('muted')
      draw.setLineDash([3, 3])
      draw.beginPath()
      draw.moveTo(at, 0)
      draw.lineTo(at, foot)
      draw.stroke()
    }
  })

  return (
    <>
      <div className="bar tools">
        <span className="hint">{under ? `${amount(under.price, market.priceDecimals)} ${market.quote}: ${trimmed(under.total, 4)} ${market.kind === 'futures' ? 'contracts' : market.base}` : 'Sizes between the middle and each price'}</span>
        <Choice label="Plot" className="tiny right" value="depth" onChange={to => { if (to === 'candles') onCandles() }} items={[{ id: 'candles', label: 'Candles' }, { id: 'depth', label: 'Depth' }]} />
      </div>
      <div className="canvas" data-theme-of={colours}>
        <canvas ref={canvas} className="fit" role="img" aria-label={`Depth of ${market.symbol}`} onMouseMove={event => setAt(event.nativeEvent.offsetX)} onMouseLeave={() => setAt(null)} />
      </div>
    </>
  )
}
