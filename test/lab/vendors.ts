import { createGeminiLab } from './gemini';
import type { LabVendor } from './vendor';

/** Every vendor's server of the lab. */
export const VENDORS: readonly LabVendor[] = [createGeminiLab()];
