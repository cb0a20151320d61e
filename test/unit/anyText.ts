import fc from 'fast-check';

/**
 * Any text, lone surrogates and unassigned characters too. As `unit: 'binary'`, whose table of a million characters takes
 * more than a second to make.
 */
export const anyText = fc.string({ unit: fc.nat(0x10ffff).map((code) => String.fromCodePoint(code)) });
