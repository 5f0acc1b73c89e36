const ANSWER_MS = 5_000;

/** Whether anything answers at an address that an administrator gave, whatever it says; redirects are not followed. */
export async function answers(address: string): Promise<boolean> {
  try {
    await (await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) })).body?.cancel();
    return true;
  } catch {
    return false;
  }
}
