import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import {
  ggufSplit,
  ModelError,
  notGguf,
  parameterFileChanged,
  parameterFileUnreadable,
  tensorMissing,
} from '../../core/index.js';
import type { ParameterFile, TensorInfo } from '../parameterFile.js';
import { foreignKindOf, signatureBytes } from './foreignKind.js';
import { readGgufHeader } from './header.js';
import { HeaderReader } from './headerReader.js';

/** Node reads at most 2 GiB at once. */
const maxReadBytes = 1024 * 1024 * 1024;

/**
 * Opens a GGUF file and checks its whole header; no weight is read. The caller closes it.
 *
 * @throws ModelError when the file cannot be read, is of another kind, breaks a rule of the format, or is one of several.
 */
export async function openGguf(file: string): Promise<ParameterFile> {
  // Without waiting, since opening a named pipe would wait for its writer.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw parameterFileUnreadable({ file }, cause);
  });
  try {
    return await readParameterFile(handle, file);
  } catch (error) {
    await handle.close();
    throw error instanceof ModelError ? error : parameterFileUnreadable({ file }, error);
  }
}

async function readParameterFile(handle: FileHandle, file: string): Promise<ParameterFile> {
  const status = await handle.stat();
  if (status.isDirectory()) throw notGguf({ file, kind: 'folder' });
  if (!status.isFile()) throw notGguf({ file, kind: 'not-regular' });
  const sizeBytes = status.size;

  const { buffer, bytesRead } = await handle.read(Buffer.alloc(signatureBytes), 0, signatureBytes, 0);
  const start = buffer.subarray(0, bytesRead);
  if (start.toString('latin1', 0, 4) !== 'GGUF') throw notGguf({ file, kind: foreignKindOf(start) });

  const header = await readGgufHeader(new HeaderReader(handle, file, sizeBytes), sizeBytes);
  const metadata = new Map(header.entries.map(({ key, value }) => [key, value]));
  const nParts = metadata.get('split.count');
  if (typeof nParts === 'number' && nParts > 1) throw ggufSplit({ file, nParts });

  const tensors = new Map(header.tensors.map((tensor) => [tensor.name, tensor]));
  return {
    file,
    sizeBytes,
    metadata,
    tensors,
    readTensor: async (name) => {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw tensorMissing({ file, tensor: name });
      return readRange(handle, file, tensor);
    },
    close: () => handle.close(),
  };
}

async function readRange(handle: FileHandle, file: string, { offset, sizeBytes }: TensorInfo): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  let filled = 0;
  while (filled < sizeBytes) {
    const length = Math.min(maxReadBytes, sizeBytes - filled);
    const { bytesRead } = await handle.read(bytes, filled, length, offset + filled);
    if (bytesRead === 0) throw parameterFileChanged({ file });
    filled += bytesRead;
  }
  return bytes;
}
