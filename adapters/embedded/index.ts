export { StartFailure } from './failure';
export { startGuardian } from './guardian';
export { ensureHome } from './home';
export { type RunningServices, cleanHome, runServices } from './run-services';
export type { Part } from './services';
export { masterKeyOf, openHome } from './up/open-home';
export { runUp } from './up/run-up';
