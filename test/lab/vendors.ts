import { createAnthropicLab } from './anthropic';
import { createArkLab } from './ark';
import { createDashScopeLab } from './dashscope';
import { createFalLab } from './fal';
import { createGeminiLab } from './gemini';
import { createKlingLab } from './kling';
import { createLumaLab } from './luma';
import { createMiniMaxLab } from './minimax';
import { createOpenAiLab } from './openai';
import { createReplicateLab } from './replicate';
import { createRunwayLab } from './runway';
import { createVertexLab } from './vertex';
import { createXaiLab } from './xai';
import type { LabVendor } from './vendor';
import { createBflLab } from './bfl';

/** Every vendor's server of the lab. */
export const VENDORS: readonly LabVendor[] = [
  createAnthropicLab(),
  createArkLab(),
  createBflLab(),
  createDashScopeLab(),
  createFalLab(),
  createGeminiLab(),
  createKlingLab(),
  createLumaLab(),
  createMiniMaxLab(),
  createOpenAiLab(),
  createReplicateLab(),
  createRunwayLab(),
  createVertexLab(),
  createXaiLab(),
];
