export type { Environment } from './environment';
export { StartFailure } from './failure';
export { type Guardian, startGuardian } from './guardian';
export { type Home, ensureHome } from './home';
export { type RunningServices, cleanHome, runServices } from './run-services';
export type { Part } from './services';
export type { Programs } from './up/roles';
export { type UpOptions, runUp } from './up/run-up';
