export type { Environment } from './environment';
export { StartFailure } from './failure';
export { type Guardian, startGuardian } from './guardian';
export { type Home, ensureHome } from './home';
export { type RunningServices, cleanHome, runServices } from './run-services';
export type { Part } from './services';
