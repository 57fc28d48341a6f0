import {
  CandlestickSeries, createChart, CrosshairMode, HistogramSeries, LineSeries, LineStyle, type IChartApi, type ISeriesApi, type SeriesType, type UTCTimestamp,
} from 'lightweight-charts'
import { token } from '../theme'
import { bollinger, ema, macd, rsi, sma, type Bar, type Line } from './indicators'

export type Indicator = 'ema' | 'sma' | 'bollinger' | 'rsi' | 'macd'

interface Drawn { series: ISeriesApi<SeriesType>; values: (bars: readonly Bar[]) => Line; colour: string | ((value: number) => string) }

const time = (bar: Bar) => bar.time as UTCTimestamp

/** Candles, volume and indicators of one market in one element. */
export class CandleChart {
  private readonly chart: IChartApi
  private readonly candles: ISeriesApi<'Candlestick'>
  private readonly volume: ISeriesApi<'Histogram'>
  private drawn: Drawn[] = []
  private shown: readonly Indicator[] = []
  private reading = false
  private isOldest = false
  private closed = false

  constructor(holder: HTMLElement, decimals: number, private bars: Bar[], private readonly told: { onUnder: (bar: Bar | null) => void; older: (before: number) => Promise<Bar[]> }) {
    this.chart = createChart(holder, { autoSize: true, layout: { attributionLogo: false, fontSize: 11, panes: { enableResize: true } }, crosshair: { mode: CrosshairMode.Normal }, timeScale: { timeVisible: true, secondsVisible: false, rightOffset: 6 } })
    this.candles = this.chart.addSeries(CandlestickSeries, { priceFormat: { type: 'price', precision: decimals, minMove: 10 ** -decimals } })
    this.volume = this.chart.addSeries(HistogramSeries, { priceScaleId: '', priceFormat: { type: 'volume' }, lastValueVisible: false, priceLineVisible: false })
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } })
    this.candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.22 } })
    this.paint()
    this.chart.timeScale().setVisibleLogicalRange({ from: this.bars.length - 120, to: this.bars.length + 6 })
    this.chart.subscribeCrosshairMove(at => {
      const found = at.time === undefined ? undefined : this.bars.find(bar => bar.time === at.time)
      told.onUnder(found ?? this.bars[this.bars.length - 1] ?? null)
    })
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(range => { if (range && range.from < 20) void this.readOlder() })
    told.onUnder(this.bars[this.bars.length - 1] ?? null)
  }

  close() {
    this.closed = true
    this.chart.remove()
  }

  /** A bar that is new, or changed. */
  update(bar: Bar) {
    const last = this.bars[this.bars.length - 1]
    if (last && bar.time < last.time) return
    if (last?.time === bar.time) this.bars[this.bars.length - 1] = bar
    else this.bars.push(bar)
    this.candles.update({ ...bar, time: time(bar) })
    this.volume.update({ time: time(bar), value: bar.volume, color: this.volumeColour(bar) })
    for (const line of this.drawn) {
      const value = line.values(this.bars)[this.bars.length - 1]
      if (value != null) line.series.update({ time: time(bar), value, ...(typeof line.colour === 'function' ? { color: line.colour(value) } : {}) })
    }
  }

  /** What was missed while the connection was lost. */
  merge(more: Bar[]) {
    const byTime = new Map([...this.bars, ...more].map(bar => [bar.time, bar]))
    this.bars = [...byTime.values()].sort((a, b) => a.time - b.time)
    this.fill()
  }

  show(indicators: readonly Indicator[]) {
    this.shown = indicators
    for (const line of this.drawn) this.chart.removeSeries(line.series)
    this.drawn = []
    const closes = (bars: readonly Bar[]) => bars.map(bar => bar.close)
    let pane = 1
    const add = (colour: string, values: Drawn['values'], into = 0, dashed = false) => {
      const series = this.chart.addSeries(LineSeries, { color: token(colour), lineWidth: 1, lineStyle: dashed ? LineStyle.Dashed : LineStyle.Solid, priceLineVisible: false, lastValueVisible: into > 0, crosshairMarkerVisible: false }, into)
      this.drawn.push({ series, values, colour: token(colour) })
    }
    if (indicators.includes('ema')) { add('line-a', bars => ema(closes(bars), 20)); add('line-b', bars => ema(closes(bars), 50)) }
    if (indicators.includes('sma')) add('line-c', bars => sma(closes(bars), 200))
    if (indicators.includes('bollinger')) {
      add('muted', bars => bollinger(closes(bars)).upper)
      add('muted', bars => bollinger(closes(bars)).middle, 0, true)
      add('muted', bars => bollinger(closes(bars)).lower)
    }
    if (indicators.includes('rsi')) add('line-b', bars => rsi(closes(bars)), pane++)
    if (indicators.includes('macd')) {
      const series = this.chart.addSeries(HistogramSeries, { priceLineVisible: false, lastValueVisible: false }, pane)
      this.drawn.push({ series, values: bars => macd(closes(bars)).histogram, colour: value => token(value >= 0 ? 'up-soft' : 'down-soft') })
      add('line-a', bars => macd(closes(bars)).line, pane)
      add('line-b', bars => macd(closes(bars)).signal, pane)
    }
    for (const [i, made] of this.chart.panes().entries()) made.setStretchFactor(i === 0 ? 4 : 1)
    this.fill()
  }

  /** In the colours of the page as they are now. */
  paint() {
    const grid = { color: token('grid') }
    this.chart.applyOptions({
      layout: { background: { color: token('surface') }, textColor: token('muted'), fontFamily: token('font'), panes: { separatorColor: token('line'), separatorHoverColor: token('line') } },
      grid: { vertLines: grid, horzLines: grid }, rightPriceScale: { borderColor: token('line') }, timeScale: { borderColor: token('line') },
    })
    const [up, down] = [token('up'), token('down')]
    this.candles.applyOptions({ upColor: up, downColor: down, borderUpColor: up, borderDownColor: down, wickUpColor: up, wickDownColor: down })
    this.show(this.shown)
  }

  private fill() {
    this.candles.setData(this.bars.map(bar => ({ ...bar, time: time(bar) })))
    this.volume.setData(this.bars.map(bar => ({ time: time(bar), value: bar.volume, color: this.volumeColour(bar) })))
    for (const line of this.drawn) {
      const values = line.values(this.bars)
      line.series.setData(this.bars.flatMap((bar, i) => {
        const value = values[i]
        return value == null ? [] : [{ time: time(bar), value, ...(typeof line.colour === 'function' ? { color: line.colour(value) } : {}) }]
      }))
    }
  }

  private volumeColour = (bar: Bar) => token(bar.close >= bar.open ? 'up-soft' : 'down-soft')

  private async readOlder() {
    const first = this.bars[0]
    if (this.reading || this.isOldest || !first) return
    this.reading = true
    try {
      const older = (await this.told.older(first.time)).filter(bar => bar.time < first.time)
      if (this.closed) return
      if (older.length === 0) { this.isOldest = true; return }
      const range = this.chart.timeScale().getVisibleLogicalRange()
      this.bars = [...older, ...this.bars]
      this.fill()
      if (range) this.chart.timeScale().setVisibleLogicalRange({ from: range.from + older.length, to: range.to + older.length })
    } catch {
      this.isOldest = true            // no further back than the venue's own past
    } finally {
      this.reading = false
    }
  }
}
