/** What a model takes, by the types of @runwayml/sdk. */
export interface Shape {
  /** Of the optional fields, and of those that a request must name. */
  readonly fields: readonly string[];
  readonly required: readonly string[];
  /** `1280:720`, or `16:9` at some resold models; empty: the field does not exist. */
  readonly ratios: readonly string[];
  readonly resolutions: readonly string[];
}

/** @param fields - separated by spaces; `!` after a required one */
function shape(fields: string, ratios = '', resolutions = ''): Shape {
  const names = listOf(fields);
  return {
    fields: names.map((name) => name.replace('!', '')),
    required: names.filter((name) => name.endsWith('!')).map((name) => name.slice(0, -1)),
    ratios: listOf(ratios),
    resolutions: listOf(resolutions),
  };
}

function listOf(text: string): string[] {
  return text.split(' ').filter((item) => item !== '');
}

const HD = '1280:720 720:1280';
const GEN4 = `${HD} 1104:832 960:960 832:1104 1584:672`;
const VEO = `${HD} 1080:1920 1920:1080`;
const WORDS = '21:9 16:9 4:3 1:1 3:4 9:16';
const HAPPYHORSE = `${HD} 960:960 1108:832 832:1108 1920:1080 1080:1920 1440:1440 1662:1248 1248:1662`;
const SEEDANCE_720 = `992:432 864:496 752:560 640:640 560:752 496:864 1470:630 1280:720 1112:834 960:960 834:1112 720:1280`;
const SEEDANCE_1080 = '2206:946 1920:1080 1664:1248 1440:1440 1248:1664 1080:1920';
const SEEDANCE_4K = '3840:1646 3840:2160 3840:2880 3840:3840 2880:3840 2160:3840';
const SEEDANCE_25 = SEEDANCE_720.replace('864:496', '854:480').replace('496:864', '480:854');
const WAN = `832:480 720:544 624:624 544:720 480:832 1280:720 1104:832 960:960 832:1104 720:1280 1920:1080 1648:1248 1440:1440 1248:1648 1080:1920`;
const OMNI = `640:360 360:640 ${HD} 1920:1080 1080:1920 3840:2160 2160:3840`;

/** `POST /v1/text_to_video` */
export const TEXT_TO_VIDEO: Readonly<Record<string, Shape>> = {
  'gen4.5': shape('ratio! duration! seed', HD),
  'veo3.1': shape('ratio! audio duration negativePrompt seed', VEO),
  'veo3.1_fast': shape('ratio! audio duration negativePrompt seed', VEO),
  hailuo3: shape('duration references referenceVideos', WORDS, '768p 2k'),
  happyhorse_1_0: shape('duration', HAPPYHORSE),
  seedance2: shape('audio duration references referenceVideos seed', `${SEEDANCE_720} ${SEEDANCE_1080} ${SEEDANCE_4K}`),
  seedance2_fast: shape('audio duration references referenceVideos seed', SEEDANCE_720),
  seedance2_mini: shape('audio duration references referenceVideos seed', SEEDANCE_720),
  seedance2_5: shape('audio duration references referenceVideos seed', `${SEEDANCE_25} ${SEEDANCE_1080}`),
  gemini_omni_flash: shape('duration', HD),
  'gemini_omni_flash_1.1': shape('duration references referenceVideos', OMNI),
  grok_imagine_1_5: shape('duration references', '1:1 16:9 9:16 4:3 3:4 3:2 2:3', '480p 720p 1080p'),
  wan3: shape('audio duration references referenceVideos', WAN),
  wan3_prime: shape('audio duration references referenceVideos', WAN),
  h3_max: shape('duration seed', '', '480p 768p'),
};

/** `POST /v1/image_to_video`; `last`: takes a last frame beside the first. */
export const IMAGE_TO_VIDEO: Readonly<Record<string, Shape>> = {
  'gen4.5': shape('ratio! duration! seed', GEN4),
  gen4_turbo: shape('ratio! duration seed', GEN4),
  'veo3.1': shape('ratio! audio duration negativePrompt seed last', VEO),
  'veo3.1_fast': shape('ratio! audio duration negativePrompt seed last', VEO),
  hailuo3: shape('duration last', WORDS, '768p 2k'),
  happyhorse_1_0: shape('duration', '', '720p 1080p'),
  seedance2: shape('audio duration seed last', `${SEEDANCE_720} ${SEEDANCE_1080} ${SEEDANCE_4K}`),
  seedance2_fast: shape('audio duration seed last', SEEDANCE_720),
  seedance2_mini: shape('audio duration seed last', SEEDANCE_720),
  seedance2_5: shape('audio duration seed last', `${SEEDANCE_25} ${SEEDANCE_1080}`),
  gemini_omni_flash: shape('duration', HD),
  'gemini_omni_flash_1.1': shape('duration last', OMNI),
  grok_imagine_1_5: shape('duration', '', '480p 720p 1080p'),
  wan3: shape('audio duration last referenceVideos', WAN),
  wan3_prime: shape('audio duration last referenceVideos', WAN),
  h3_max: shape('duration seed last', '', '480p 768p'),
};

const GEN4_IMAGE =
  '1024:1024 1080:1080 1168:880 1360:768 1440:1080 1080:1440 1808:768 1920:1080 1080:1920 2112:912 1280:720 720:1280 720:720 960:720 720:960 1680:720';
const GPT_IMAGE =
  '1920:1920 2048:880 1920:1088 1920:1280 1920:1440 1920:1536 1536:1920 1440:1920 1280:1920 1088:1920 2912:1248 2560:1440 2560:1712 2560:1920 2560:2048 2560:2560 2048:2560 1920:2560 1712:2560 1440:2560 3840:1648 3840:2160 3504:2336 3264:2448 3200:2560 2880:2880 2560:3200 2448:3264 2336:3504 2160:3840';
const GEMINI_1K = '1024:1024 1344:768 768:1344 1184:864 864:1184 1536:672 832:1248 1248:832 896:1152 1152:896';
const GEMINI_2K = '2048:2048 1696:2528 2528:1696 1792:2400 2400:1792 1856:2304 2304:1856 1536:2752 2752:1536 3168:1344';
const GEMINI_4K = '4096:4096 3392:5056 5056:3392 3584:4800 4800:3584 3712:4608 4608:3712 3072:5504 5504:3072 6336:2688';
const SEEDREAM_PRO =
  '1024:1024 1184:896 896:1184 1376:768 768:1376 1296:864 864:1296 2048:2048 2304:1728 1728:2304 2720:1530 1530:2720 2496:1664 1664:2496';
const SEEDREAM_LITE =
  '2048:2048 2304:1728 1728:2304 2848:1600 1600:2848 2496:1664 1664:2496 3136:1344 3072:3072 3456:2592 2592:3456 4096:2304 2304:4096 3744:2496 2496:3744 4704:2016';
const GROK_IMAGE =
  '1024:1024 1280:720 720:1280 1152:864 864:1152 1248:832 832:1248 1248:576 576:1248 1280:576 576:1280 1408:704 704:1408 2048:2048 2816:1584 1584:2816 2368:1776 1776:2368 2496:1664 1664:2496 2912:1344 1344:2912 3200:1440 1440:3200 2912:1456 1456:2912';

/** `POST /v1/text_to_image`; the first ratio is what is asked for where nothing is said. */
export const TEXT_TO_IMAGE: Readonly<Record<string, Shape>> = {
  gen4_image: shape('ratio! referenceImages seed', GEN4_IMAGE),
  gen4_image_turbo: shape('ratio! referenceImages! seed', GEN4_IMAGE),
  gpt_image_2: shape('ratio! background outputCount quality referenceImages', GPT_IMAGE),
  gpt_image_2_5_flare: shape('ratio! background outputCount quality referenceImages', GPT_IMAGE),
  gpt_image_2_5_sunburst: shape('ratio! background outputCount quality referenceImages', GPT_IMAGE),
  'gemini_2.5_flash': shape('ratio! referenceImages', GEMINI_1K),
  gemini_image3_pro: shape('ratio! outputCount referenceImages', `${GEMINI_1K} ${GEMINI_2K} ${GEMINI_4K}`),
  'gemini_image3.1_flash': shape('ratio! outputCount referenceImages', `${GEMINI_1K} ${GEMINI_2K} ${GEMINI_4K}`),
  muse_image: shape(
    'ratio! outputCount outputFormat referenceImages',
    '1600:1600 2352:1008 2016:1152 1920:1280 1792:1344 1344:1792 1280:1920 1152:2016',
  ),
  seedream5_pro: shape('ratio! outputCount outputFormat referenceImages', SEEDREAM_PRO),
  seedream5_lite: shape('ratio! outputCount outputFormat referenceImages', SEEDREAM_LITE),
  grok_imagine_image_2: shape('ratio! outputCount quality referenceImages', GROK_IMAGE),
};
