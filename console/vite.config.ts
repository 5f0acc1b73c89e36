import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the api of `npm start` listens, for `npx vite` beside it. */
const API = 'http://127.0.0.1:4000';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    // Browsers of the last two years; `light-dark()` and nesting stay as they are written.
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The policy allows no data: scripts, and a file is kept by browsers where text in a script is not.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Read by the test of the budget.
    manifest: true,
    emptyOutDir: true,
    // Descriptions of pages are a few lines each, loaded by the shell: one file instead of one for each page.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'routes', test: /src[\\/]pages[\\/].*route\.ts$/ }] } } },
  },
  server: { proxy: Object.fromEntries(['/v1', '/auth', '/admin', '/openapi.json'].map((path) => [path, API])) },
});
