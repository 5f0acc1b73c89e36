import { useHouse } from './support/house';
import { describeMedia, PATIENT_IMAGE } from './support/media-scenarios';

/** No process makes a first attempt by itself here: the workflows alone must give the same results. */
describe('with the optimistic first attempt switched off', () => {
  describeMedia(useHouse({ env: { ATELIER_OPTIMISTIC: 'false' }, models: PATIENT_IMAGE }));
});
