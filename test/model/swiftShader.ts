import { existsSync } from 'node:fs';

const chromium = '/usr/lib/chromium';

/** Variables that lead a child to the software Vulkan driver which Debian's Chromium brings along; none where it is absent. */
export const swiftShader = (): Readonly<Record<string, string>> =>
  existsSync(`${chromium}/vk_swiftshader_icd.json`)
    ? { VK_ICD_FILENAMES: `${chromium}/vk_swiftshader_icd.json`, LD_LIBRARY_PATH: chromium }
    : {};
