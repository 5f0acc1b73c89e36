/**
 * How much a page works while something is done, in ms of its own thread's processor time. What else the machine does meanwhile is not in it, and how
 * fast the machine is shows in what it is compared with: another measure of the same page.
 * @param {import('playwright-core').Page} page
 * @param {() => Promise<number>} act - how many times it did what is measured
 * @returns ms for each time
 */
export async function workOf(page, act) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1_000;
  };
  const before = await worked();
  const times = await act();
  const took = (await worked()) - before;
  await session.detach();
  return took / times;
}
