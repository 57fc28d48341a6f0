// Builds the page when its inputs changed: node scripts/build.mjs OUT. Several builds of the solution may run at once, so one of them works and the
// others wait; what is there is up to date when this returns. Exit 3: npm could not fetch the packages.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const web = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const out = resolve(process.argv[2] ?? join(web, '../artifacts/web'))
const dist = join(out, 'dist')
const stamp = join(out, 'stamp')
const lock = join(out, 'lock')
const staleMillis = 5 * 60_000

function* filesUnder(path) {
  if (statSync(path).isFile()) { yield path; return }
  for (const name of readdirSync(path).sort()) if (name !== 'node_modules' && name !== 'schema.ts') yield* filesUnder(join(path, name))
}

function hashOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths) for (const file of filesUnder(path)) hash.update(relative(web, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

const packages = [join(web, 'package.json'), join(web, 'package-lock.json')]
const inputs = hashOf([...packages, join(web, 'index.html'), join(web, 'vite.config.ts'), join(web, 'tsconfig.json'), join(web, 'scripts'), join(web, 'src'), join(web, 'tests'),
  join(web, 'public'), join(web, '../docs/api/openapi.json')])
const isDone = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs && existsSync(join(dist, 'index.html'))

function run(command, args, cwd = web) {
  const child = spawnSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', env: { ...process.env, NODE_ENV: undefined } })
  if (child.status === 0) return true
  console.error(`${command} ${args.join(' ')} failed:\n${child.stdout ?? ''}${child.stderr ?? child.error ?? ''}`)
  return false
}

async function take() {
  mkdirSync(out, { recursive: true })
  for (;;) {
    try { mkdirSync(lock); return } catch (error) { if (error.code !== 'EEXIST') throw error }
    if (isDone()) return
    try { if (Date.now() - statSync(lock).mtimeMs > staleMillis) rmSync(lock, { recursive: true, force: true }) } catch { /* it was given back */ }
    await new Promise(resume => setTimeout(resume, 200))
  }
}

function build() {
  const wanted = hashOf(packages)
  const installed = join(web, 'node_modules/.sluice-stamp')
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
    if (!run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])) return 3
    writeFileSync(installed, wanted)
  }
  const fresh = join(out, 'fresh')
  rmSync(fresh, { recursive: true, force: true })
  const node = process.execPath
  if (!run(node, ['scripts/types.mjs']) || !run(node, ['node_modules/typescript/bin/tsc', '-p', '.'])
    || !run(node, ['node_modules/vite/bin/vite.js', 'build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'])
    || !run(node, ['scripts/compress.mjs', fresh])) return 1
  rmSync(dist, { recursive: true, force: true })
  try { renameSync(fresh, dist) } catch { cpSync(fresh, dist, { recursive: true }) }
  writeFileSync(stamp, inputs)
  return 0
}

if (!isDone()) {
  await take()
  try { if (!isDone()) process.exitCode = build() } finally { rmSync(lock, { recursive: true, force: true }) }
}
