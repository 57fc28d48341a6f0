/** Exact decimals: what the wire has as text is never made a binary fraction where it is computed with. */
export interface Decimal { readonly raw: bigint; readonly scale: number }

const shape = /^([+-]?)(\d*)(?:\.(\d*))?$/

export const zero: Decimal = { raw: 0n, scale: 0 }

/** Null for what is no plain decimal. */
export function parse(text: string | number | null | undefined): Decimal | null {
  if (text === null || text === undefined) return null
  const match = shape.exec(String(text).trim())
  if (!match || (!match[2] && !match[3])) return null
  const fraction = match[3] ?? ''
  const raw = BigInt((match[2] || '0') + fraction)
  return { raw: match[1] === '-' ? -raw : raw, scale: fraction.length }
}

export const of = (text: string | number | null | undefined): Decimal => parse(text) ?? zero

const at = (value: Decimal, scale: number): bigint => value.raw * 10n ** BigInt(scale - value.scale)

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { raw: at(a, scale) + at(b, scale), scale }
}

export const negate = (a: Decimal): Decimal => ({ raw: -a.raw, scale: a.scale })
export const subtract = (a: Decimal, b: Decimal): Decimal => add(a, negate(b))
export const multiply = (a: Decimal, b: Decimal): Decimal => ({ raw: a.raw * b.raw, scale: a.scale + b.scale })
export const absolute = (a: Decimal): Decimal => (a.raw < 0n ? negate(a) : a)

/** Truncated toward zero to so many decimals; zero when divided by zero. */
export function divide(a: Decimal, b: Decimal, decimals: number): Decimal {
  if (b.raw === 0n) return zero
  return { raw: (a.raw * 10n ** BigInt(decimals + b.scale)) / (b.raw * 10n ** BigInt(a.scale)), scale: decimals }
}

export function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale)
  const difference = at(a, scale) - at(b, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** Truncated to so many decimals. */
export function truncate(value: Decimal, decimals: number): Decimal {
  return value.scale <= decimals ? { raw: at(value, decimals), scale: decimals } : { raw: value.raw / 10n ** BigInt(value.scale - decimals), scale: decimals }
}

/** The largest whole multiple of a step that is not beyond a value, toward zero. */
export function toStep(value: Decimal, step: Decimal): Decimal {
  return step.raw <= 0n ? value : multiply(divide(value, step, 0), step)
}

/** Rounded half away from zero to so many decimals. */
export function round(value: Decimal, decimals: number): Decimal {
  if (value.scale <= decimals) return { raw: at(value, decimals), scale: decimals }
  const unit = 10n ** BigInt(value.scale - decimals)
  const half = value.raw < 0n ? -unit / 2n : unit / 2n
  return { raw: (value.raw + half) / unit, scale: decimals }
}

/** Plain notation, as the API reads it. */
export function text(value: Decimal): string {
  const digits = (value.raw < 0n ? -value.raw : value.raw).toString().padStart(value.scale + 1, '0')
  const whole = digits.slice(0, digits.length - value.scale)
  return (value.raw < 0n ? '-' : '') + whole + (value.scale > 0 ? '.' + digits.slice(digits.length - value.scale) : '')
}

/** Without zeros at the end. */
export const short = (value: Decimal): string => {
  const full = text(value)
  return full.includes('.') ? full.replace(/\.?0+$/, '') : full
}

export const toNumber = (value: Decimal): number => Number(text(value))
export const isPositive = (value: Decimal | null): value is Decimal => value !== null && value.raw > 0n
