import { useHouse } from './support/house';
import { describeText } from './support/text-scenarios';

/** The api process does nothing early here: the workflow alone must give the same results. */
describe('with the optimistic first attempt switched off', () => {
  describeText(useHouse({ env: { ATELIER_OPTIMISTIC: 'false' } }));
});
