/** How the suite's global setup tells the test files where the shared servers are. */
export const SUITE = {
  home: 'ATELIER_TEST_HOME',
  /** Why the template database could not be made; absent when it was. */
  templateFault: 'ATELIER_TEST_TEMPLATE_FAULT',
  databaseUrl: 'ATELIER_TEST_DATABASE_URL',
  temporalAddress: 'ATELIER_TEST_TEMPORAL_ADDRESS',
  s3Endpoint: 'ATELIER_TEST_S3_ENDPOINT',
  s3AccessKeyId: 'ATELIER_TEST_S3_ACCESS_KEY_ID',
  s3SecretAccessKey: 'ATELIER_TEST_S3_SECRET_ACCESS_KEY',
} as const;

/** The database that each test database is copied from; migrated once for the suite. */
export const TEMPLATE_DATABASE = 'atelier_template';

/** A value of the suite. @throws Error when the part was not started for this run */
export function suiteValue(name: keyof typeof SUITE): string {
  const value = process.env[SUITE[name]];
  if (value === undefined) throw new Error(`${SUITE[name]} is not set: was the part left out by ATELIER_TEST_SERVICES?`);
  return value;
}
