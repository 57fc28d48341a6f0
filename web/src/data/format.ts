import * as decimal from './decimal'

/** What stands where there is no number. */
export const none = '–'

const group = (whole: string) => whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** With thousands separators and exactly so many decimals, rounded; without decimals given, as it is. */
export function amount(value: string | number | null | undefined, decimals?: number): string {
  const parsed = typeof value === 'number' ? decimal.parse(Number.isFinite(value) ? value.toFixed(Math.min(decimals ?? 8, 12)) : '') : decimal.parse(value)
  if (!parsed) return none
  const [whole = '0', fraction] = (decimals === undefined ? decimal.text(parsed) : decimal.text(decimal.round(parsed, decimals))).split('.')
  return group(whole) + (fraction ? `.${fraction}` : '')
}

/** As {@link amount}, without zeros at the end. */
export function trimmed(value: string | number | null | undefined, most = 8): string {
  const text = amount(value, most)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

const steps: [number, string][] = [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e3, 'K']]

/** 12.34M: for volumes, where digits do not matter. */
export function brief(value: string | number | null | undefined): string {
  const number = Number(value)
  if (value === null || value === undefined || value === '' || !Number.isFinite(number)) return none
  for (const [size, letter] of steps) if (Math.abs(number) >= size) return (number / size).toFixed(2) + letter
  return number.toFixed(number !== 0 && Math.abs(number) < 1 ? 4 : 2)
}

/** +1.23 % from "1.23". */
export function percent(value: string | number | null | undefined, decimals = 2): string {
  const number = Number(value)
  if (value === null || value === undefined || value === '' || !Number.isFinite(number)) return none
  const text = Math.abs(number).toFixed(decimals)
  return `${!/[1-9]/.test(text) ? '' : number > 0 ? '+' : '−'}${text}%`
}

export function signed(value: string | number | null | undefined, decimals?: number): string {
  const text = amount(value, decimals)
  const bare = text.replace('-', '')
  return text === none || !/[1-9]/.test(text) ? bare : text === bare ? `+${text}` : `−${bare}`
}

/** "up", "down" or "flat": a class name, and a word for who does not see colours. */
export const direction = (value: string | number | null | undefined): 'up' | 'down' | 'flat' => {
  const number = Number(value)
  return number > 0 ? 'up' : number < 0 ? 'down' : 'flat'
}

const two = (n: number) => String(n).padStart(2, '0')

export function clock(millis: number): string {
  const at = new Date(millis)
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

export function moment(millis: number): string {
  if (!millis) return none
  const at = new Date(millis)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(millis)}`
}

/** 03:12:09 */
export function countdown(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds))
  return `${two(Math.floor(left / 3600))}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`
}

/** How many decimals a step such as "0.05" has. */
export const decimalsOf = (step: string): number => decimal.of(decimal.short(decimal.of(step))).scale

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const spelt: Record<string, string> = { ai: 'AI', defi: 'DeFi', nft: 'NFT' }

export const words = (name: string): string => spelt[name] ?? name.replace(/[_-]+/g, ' ')
