import { store } from '../data/store'

/** A refusal, as the venue tells it: a label to branch on and a sentence to show. */
export class Refusal extends Error {
  constructor(readonly label: string, message: string, readonly status: number) { super(message) }
}

export type Query = Record<string, string | number | boolean | undefined>

export interface Session {
  signed_in: boolean
  demo_sign_in: boolean
  manual_clock: boolean
  csrf?: string
  user_id?: number
  name?: string
  key?: string
  permissions?: string
  is_sub_account?: boolean
  is_demo?: boolean
  expires_at?: number
}

/** Null until the venue told who is signed in. */
export const session = store<Session | null>(null)

const api = '/api/v4'

const withQuery = (path: string, query?: Query) => {
  const parts = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return parts.length ? `${path}?${parts.join('&')}` : path
}

async function send<T>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(path, {
      method, headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' }, body: body === undefined ? null : JSON.stringify(body),
      credentials: 'same-origin', cache: 'no-store',
    })
  } catch {
    throw new Refusal('UNREACHABLE', 'The venue does not answer. Check that it is running; this page reconnects by itself.', 0)
  }
  const text = await answer.text()
  let json: unknown = null
  try { json = text ? JSON.parse(text) : null } catch { /* not ours: told below by its status */ }
  if (answer.ok) return json as T
  const { label, message } = (json ?? {}) as { label?: string; message?: string }
  const refusal = new Refusal(label ?? 'ERROR', (message ?? `The venue answered with status ${answer.status}`).trim(), answer.status)
  if (refusal.label === 'INVALID_CREDENTIALS' && session.get()?.signed_in && !('Authorization' in headers)) void refreshSession()
  throw refusal
}

const sessionHeaders = (): Record<string, string> => {
  const csrf = session.get()?.csrf
  return csrf ? { 'X-Sluice-Csrf': csrf } : {}
}

/** A call of the public API; a private one as whoever is signed in. Sizes of contracts are asked for as decimals. */
export const call = <T>(method: string, path: string, query?: Query, body?: unknown, headers?: Record<string, string>): Promise<T> =>
  send<T>(method, withQuery(api + path, query), body, { ...sessionHeaders(), ...(path.startsWith('/futures') ? { 'X-Gate-Size-Decimal': '1' } : {}), ...headers })

export const get = <T>(path: string, query?: Query) => call<T>('GET', path, query)

/** A placement that can be repeated without being done twice. */
export const place = <T>(path: string, body: unknown, query?: Query) =>
  call<T>('POST', path, query, body, { 'Idempotency-Key': crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}` })

/** The page's own calls: the session, its keys, demo funds. */
export const own = <T>(method: string, path = '', body?: unknown) => send<T>(method, `/sluice/v1/session${path}`, body, sessionHeaders())

/** A call of the operator, under a token that lives in this page's memory only. */
export const operate = <T>(token: string, method: string, path: string, body?: unknown) =>
  send<T>(method, `/sluice/v1/${path}`, body, { Authorization: `Bearer ${token}` })

export async function refreshSession(): Promise<void> {
  try { session.set(await own<Session>('GET')) } catch { session.set(now => now ?? { signed_in: false, demo_sign_in: false, manual_clock: false }) }
}

export const signInAsDemo = async () => session.set(await own<Session>('POST', '/demo', {}))
export const signIn = async (key: string, secret: string) => session.set(await own<Session>('POST', '', { key, secret }))
export const signInByName = async (name: string, password: string, code: string) => session.set(await own<Session>('POST', '', { name, password, ...(code ? { code } : {}) }))
export const signOut = async () => session.set(await own<Session>('DELETE'))

export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))
