/** `npm run docs:permissions`: writes docs/permissions.md anew, from the tables that the router enforces. */
process.env.ATELIER_WRITE_PERMISSIONS = '1';
process.env.ATELIER_TEST_SERVICES = 'none';
process.argv.push('test/unit/permission-page.test.ts');
await import('./test.mjs');
