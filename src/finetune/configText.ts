export type ConfigValue = string | number | boolean | readonly string[];

/**
 * The configuration file: one key a line. As YAML it is `key: value` with every value in JSON's spelling, which YAML 1.1
 * reads the same way, so that no text of a project can become a key, a tag or an anchor.
 */
export function configText(config: Readonly<Record<string, ConfigValue>>, kind: 'yaml' | 'json'): string {
  if (kind === 'json') return `${JSON.stringify(config, null, 2)}\n`;
  return Object.entries(config)
    .map(([key, value]) => `${key}: ${yamlValue(value)}\n`)
    .join('');
}

function yamlValue(value: ConfigValue): string {
  // `1e-4` is a text to YAML 1.1, which wants a point: write it out.
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(10).replace(/0+$/, '');
  // What JSON leaves as it is and YAML does not print, or takes for an end of line.
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
