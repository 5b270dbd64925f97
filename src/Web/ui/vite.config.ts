import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** A running server to develop against: `TRIGGERS_URL=http://127.0.0.1:8080 npm run dev`. */
const server = process.env['TRIGGERS_URL'] ?? 'http://127.0.0.1:8080';
const proxied = ['/api/', '/sign-in', '/shop', '/t.js', '/v1/', '^/[ocu]/'];

export default defineConfig({
  plugins: [react()],
  base: '/',
  build: {
    outDir: '../wwwroot',
    emptyOutDir: true,
    // Inlined assets would need data: in the page's font and image policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: {
      // The host stays that of this page, so that the server takes its requests for its own page's.
      ...Object.fromEntries(proxied.map(path => [path, { target: server, changeOrigin: false }])),
      '/live': { target: server, ws: true, changeOrigin: false },
    },
  },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
  },
});
