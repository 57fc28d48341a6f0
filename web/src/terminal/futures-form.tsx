import type { Market } from '../data/markets'
import type { LocalBook } from '../data/book'
export default function T(_: { market: Market; book?: LocalBook | null; picked?: { text: string } | null }) { return null }
