import { useState, type ReactNode } from 'react'
import { place } from '../api/rest'
import * as decimal from '../data/decimal'
import type { Market } from '../data/markets'
import { Check, NumberField, Select } from '../ui/controls'

/** A distance is a number of price, or of percent. */
export type Measure = 'percent' | 'price'

const measures = (market: Market) => [{ id: 'percent' as const, label: '%' }, { id: 'price' as const, label: market.quote }]

/** As the API reads it. */
export const distanceOf = (value: string, measure: Measure) => (measure === 'percent' ? `${value}%` : value)
export const unitOf = (measure: Measure) => (measure === 'percent' ? ' %' : '')
export const isDistance = (value: string, measure: Measure) => decimal.isPositive(decimal.parse(value)) && (measure === 'price' || Number(value) < 100)

export function Distance({ label, unitLabel, value, onChange, measure, onMeasure, market, hint }: {
  label: string; unitLabel: string; value: string; onChange: (to: string) => void; measure: Measure; onMeasure: (to: Measure) => void; market: Market; hint?: ReactNode
}) {
  return <div className="pair sized">
    <NumberField label={label} value={value} onChange={onChange} step={measure === 'price' ? market.tick : '0.1'} hint={hint} />
    <Select label={unitLabel} value={measure} onChange={onMeasure} items={measures(market)} />
  </div>
}

/** What a kind of order that moves by itself asks for, and how it is sent. */
export interface AutoForm {
  /** Why it cannot be sent; empty when it can. */
  problem: string
  fields: ReactNode
  /** @param amount contracts, signed; empty for the whole position. */
  send: (amount: string, reduces: boolean) => Promise<unknown>
}

const watches = [{ id: '1', label: 'Last' }, { id: '3', label: 'Mark' }, { id: '2', label: 'Index' }] as const

/** Follows the market at a distance and fires when it turns by that much (M-110). */
export function useTrail(market: Market): AutoForm {
  const [distance, setDistance] = useState('')
  const [measure, setMeasure] = useState<Measure>('percent')
  const [watched, setWatched] = useState<'1' | '2' | '3'>('1')
  const [start, setStart] = useState('')
  const [bound, setBound] = useState(false)
  return {
    problem: isDistance(distance, measure) ? '' : measure === 'percent' ? 'Give a distance above 0 and below 100 %' : 'Give a distance above 0',
    send: (amount, reduces) => place(`/futures/${market.settle}/autoorder/v1/trail/create`, {
      contract: market.symbol, amount, price_offset: distanceOf(distance, measure), price_type: Number(watched), ...(Number(start) ? { activation_price: start } : {}),
      reduce_only: reduces || bound, ...(bound ? { position_related: true } : {}), text: 't-web',
    }),
    fields: <>
      <Distance label="Distance" unitLabel="Distance in" value={distance} onChange={setDistance} measure={measure} onMeasure={setMeasure} market={market} hint="Fires when the price turns back by so much" />
      <div className="pair"><NumberField label="Starts at (optional)" value={start} onChange={setStart} step={market.tick} hint="Empty starts now" /><Select label="Watches" value={watched} onChange={setWatched} items={watches} /></div>
      <Check label="Ends with the position" value={bound} onChange={setBound} />
    </>,
  }
}

const limits = [{ id: 'none', label: 'Nothing' }, { id: 'price', label: 'A price' }, { id: 'distance', label: 'A distance' }] as const

/** Rests at the best price, or behind it, and moves with it (M-111). */
export function useChase(market: Market): AutoForm {
  const [gap, setGap] = useState('')
  const [measure, setMeasure] = useState<Measure>('price')
  const [limited, setLimited] = useState<'none' | 'price' | 'distance'>('none')
  const [limit, setLimit] = useState('')
  const gapped = gap !== '' && Number(gap) !== 0
  return {
    problem: gapped && !isDistance(gap, measure) ? 'Give a distance behind the best price below 100 %' : limited !== 'none' && !decimal.isPositive(decimal.parse(limit)) ? 'Give how far it may go' : '',
    send: (amount, reduces) => place(`/futures/${market.settle}/autoorder/v1/chase/create`, {
      contract: market.symbol, amount, price_limit: limited === 'price' ? limit : '0', ...(limited === 'distance' ? { offset_limit: limit } : {}),
      ...(gapped ? { price_type: 2, price_gap_type: measure === 'percent' ? 2 : 1, price_gap_value: gap } : { price_type: 1 }), reduce_only: reduces, text: 't-web',
    }),
    fields: <>
      <Distance label="Behind the best price" unitLabel="Behind in" value={gap} onChange={setGap} measure={measure} onMeasure={setMeasure} market={market} hint="Empty stands at the best price of your side" />
      <div className="pair"><Select label="Never beyond" value={limited} onChange={setLimited} items={limits} />{limited !== 'none' && <NumberField label={limited === 'price' ? 'Price limit' : 'Distance limit'} unit={market.quote} value={limit} onChange={setLimit} step={market.tick} />}</div>
    </>,
  }
}
