/** `npm run schema`: writes adapters/db/schema/schema.sql anew, from a database that the suite has just migrated. */
process.env.ATELIER_WRITE_SCHEMA = '1';
process.env.ATELIER_TEST_SERVICES = 'postgres';
process.argv.push('test/db/schema.test.ts');
await import('./test.mjs');
