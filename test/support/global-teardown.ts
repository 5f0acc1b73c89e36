/** Ends what the global setup started and removes its home. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.stopSuiteServices?.();
}
