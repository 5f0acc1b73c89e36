import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * A module of the built program; asked for when it is needed, since a checkout may not be built yet.
 * @param {string} path - from the root of the checkout, without an ending: `adapters/embedded/parts/postgres`
 * @returns {any} give it the type of its source: `@type {typeof import('../../adapters/embedded/parts/postgres.js')}`
 */
export const built = (path) => require(`../../dist/${path}.js`);
