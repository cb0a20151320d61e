/** What VS Code tells its language models apart by; each is the provider's own word and may hold anything. */
export interface LanguageModelSelector {
  readonly vendor: string;
  readonly family: string;
  readonly id: string;
  readonly version: string;
}

const scheme = 'vscode:';
/** Longest name: what stands in settings and in `touchstone.json`. */
export const maxLanguageModelName = 512;

/**
 * The name by which a language model of VS Code stands in a line-up, in settings and with its candidates:
 * `vscode:vendor/family/id/version`. Slashes, per cent signs, spaces and what cannot be seen are escaped as in an address.
 */
export const languageModelName = ({ vendor, family, id, version }: LanguageModelSelector): string =>
  scheme + [vendor, family, id, version].map(escaped).join('/');

/** Whether a name of a line-up means a language model of VS Code. */
export const isLanguageModelName = (name: string): boolean => name.startsWith(scheme);

/** What a name says; undefined when it is none that `languageModelName` gives. */
export function languageModelSelector(name: string): LanguageModelSelector | undefined {
  if (!isLanguageModelName(name) || name.length > maxLanguageModelName) return undefined;
  try {
    const [vendor, family, id, version, ...more] = name.slice(scheme.length).split('/').map(decodeURIComponent);
    if (vendor === undefined || family === undefined || id === undefined || version === undefined) return undefined;
    const selector = { vendor, family, id, version };
    return more.length === 0 && vendor !== '' && id !== '' && languageModelName(selector) === name
      ? selector
      : undefined;
  } catch {
    // A per cent sign that begins no escape.
    return undefined;
  }
}

/** Lone halves of a character have no escape. */
const escaped = (part: string): string =>
  part.replace(/\p{Cs}/gu, '\ufffd').replace(/[%/\p{C}\p{Z}]/gu, (character) => encodeURIComponent(character));
