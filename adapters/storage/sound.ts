/** The length of a sound file in seconds, to the millisecond; null when it cannot be read. @param file - its path */
export async function readDuration(file: string): Promise<number | null> {
  // An ES module; loaded when the first sound comes.
  const { ALL_FORMATS, FilePathSource, Input } = await import('mediabunny');
  const input = new Input({ source: new FilePathSource(file), formats: ALL_FORMATS });
  try {
    const seconds = await input.computeDuration();
    return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) / 1000 : null;
  } catch {
    return null;
  } finally {
    input.dispose();
  }
}
