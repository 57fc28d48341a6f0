import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
  server: { proxy: Object.fromEntries(['/api/v4', '/sluice', '/v4', '/ws', '/health'].map(path => [path, { target: 'http://127.0.0.1:8787', ws: true }])) },
})
