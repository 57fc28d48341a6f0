/** Indicators of closing prices, as a chart draws them: one value per bar, null where there are too few bars before it. */
export type Line = (number | null)[]

export interface Bar { time: number; open: number; high: number; low: number; close: number; volume: number }

export function sma(values: readonly number[], length: number): Line {
  let sum = 0
  return values.map((value, i) => {
    sum += value - (i >= length ? values[i - length]! : 0)
    return i >= length - 1 ? sum / length : null
  })
}

/** Seeded with the simple average of its first bars. */
export function ema(values: readonly number[], length: number): Line {
  const weight = 2 / (length + 1)
  let sum = 0
  let last: number | null = null
  return values.map((value, i) => {
    if (i < length) sum += value
    if (i < length - 1) return null
    last = last === null ? sum / length : last + weight * (value - last)
    return last
  })
}

export function bollinger(values: readonly number[], length = 20, width = 2): { middle: Line; upper: Line; lower: Line } {
  const middle = sma(values, length)
  const deviation = middle.map((mean, i) => (mean === null ? null : Math.sqrt(values.slice(i - length + 1, i + 1).reduce((sum, value) => sum + (value - mean) ** 2, 0) / length)))
  const shifted = (sign: number): Line => middle.map((mean, i) => (mean === null ? null : mean + sign * width * deviation[i]!))
  return { middle, upper: shifted(1), lower: shifted(-1) }
}

/** Wilder's, 0 to 100. */
export function rsi(values: readonly number[], length = 14): Line {
  let gain = 0, loss = 0
  return values.map((value, i) => {
    if (i === 0) return null
    const change = value - values[i - 1]!
    const [up, down] = [Math.max(change, 0), Math.max(-change, 0)]
    if (i <= length) { gain += up / length; loss += down / length } else { gain += (up - gain) / length; loss += (down - loss) / length }
    return i < length ? null : loss === 0 ? 100 : 100 - 100 / (1 + gain / loss)
  })
}

export function macd(values: readonly number[]): { line: Line; signal: Line; histogram: Line } {
  const [fast, slow] = [ema(values, 12), ema(values, 26)]
  const line: Line = values.map((_, i) => (fast[i] == null || slow[i] == null ? null : fast[i]! - slow[i]!))
  const first = line.findIndex(value => value !== null)
  const tail = first < 0 ? [] : ema(line.slice(first) as number[], 9)
  const signal: Line = line.map((_, i) => (first < 0 || i < first ? null : tail[i - first]!))
  return { line, signal, histogram: line.map((value, i) => (value === null || signal[i] == null ? null : value - signal[i]!)) }
}
