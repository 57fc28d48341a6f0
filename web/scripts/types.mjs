// Writes src/api/schema.ts: the shapes of the public API that the page uses, out of the committed docs/api/openapi.json.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const { components: { schemas } } = JSON.parse(readFileSync(join(here, '../../docs/api/openapi.json'), 'utf8'))
const roots = ['Currency', 'CurrencyPair', 'Ticker', 'Order', 'Trade', 'OrderBook', 'SpotAccount', 'SpotAccountBook', 'SpotPriceTriggeredOrder', 'Contract', 'FuturesTicker',
  'FuturesOrder', 'FuturesTrade', 'MyFuturesTrade', 'Position', 'FuturesAccount', 'FuturesAccountBook', 'FuturesPriceTriggeredOrder', 'PositionClose',
  'FuturesCandlestick', 'TotalBalance', 'Transfer', 'TrailOrder', 'ChaseOrder']
const written = new Map()

const nameOf = ref => ref.split('/').pop()
const asType = text => text.replace(/\W+/g, '_')

function typeOf(schema) {
  if (!schema) return 'unknown'
  if (schema.$ref) { write(nameOf(schema.$ref)); return asType(nameOf(schema.$ref)) }
  for (const key of ['allOf', 'oneOf', 'anyOf']) if (schema[key]) return schema[key].map(typeOf).join(key === 'allOf' ? ' & ' : ' | ')
  if (schema.enum && schema.type === 'string') return 'string'
  switch (schema.type) {
    case 'integer': case 'number': return 'number'
    case 'string': return 'string'
    case 'boolean': return 'boolean'
    case 'array': return `(${typeOf(schema.items)})[]`
    case 'object': {
      if (schema.properties) return bodyOf(schema)
      return `Record<string, ${schema.additionalProperties && schema.additionalProperties !== true ? typeOf(schema.additionalProperties) : 'unknown'}>`
    }
    default: return 'unknown'
  }
}

function bodyOf(schema) {
  const required = new Set(schema.required ?? [])
  return `{ ${Object.entries(schema.properties).map(([name, property]) => `${/^\w+$/.test(name) ? name : JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${typeOf(property)}`).join('; ')} }`
}

function write(name) {
  if (written.has(name) || !schemas[name]) return
  written.set(name, '')
  written.set(name, `export type ${asType(name)} = ${typeOf(schemas[name])}\n`)
}

for (const name of roots) {
  if (!schemas[name]) throw new Error(`openapi.json has no schema ${name}`)
  write(name)
}
writeFileSync(join(here, '../src/api/schema.ts'), `// Written by scripts/types.mjs out of docs/api/openapi.json.\n${[...written.values()].join('')}`)
