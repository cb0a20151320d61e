const newline = 0x0a;

/** A line of text, or that it was longer than allowed. */
export type InputLine = { readonly text: string } | { readonly tooLong: true };

/** The lines of a stream of bytes, UTF-8, as they come. A line that is too long is skipped without being held. */
export async function* linesOf(input: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<InputLine> {
  let parts: Uint8Array[] = [];
  let nBytes = 0;
  const end = (): InputLine => {
    const line: InputLine =
      nBytes > maxBytes
        ? { tooLong: true }
        : { text: new TextDecoder().decode(Buffer.concat(parts)).replace(/\r$/, '') };
    parts = [];
    nBytes = 0;
    return line;
  };
  const add = (bytes: Uint8Array) => {
    nBytes += bytes.length;
    if (nBytes > maxBytes) parts = [];
    else parts.push(bytes);
  };
  for await (const chunk of input) {
    let start = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, start)) {
      add(chunk.subarray(start, at));
      yield end();
      start = at + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (nBytes > 0) yield end();
}
