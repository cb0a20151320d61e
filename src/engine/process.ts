/**
 * The model process: the only file that loads onnxruntime. Answers requests one after the other, each between two steps
 * of the other's; dies when its parent does.
 */
import * as l10n from '@vscode/l10n';
import * as runtime from 'onnxruntime-node';
import { serializeError } from '../core/index.js';
import { chooseDevice, probeDevice } from './device.js';
import { ModelHost } from './modelHost.js';
import { type FromEngine, ToEngine } from './protocol.js';

/** Between two heartbeats, and how long one may be late: kernels of a large model take seconds. */
const heartbeatMs = 5_000;
const silenceMs = 30_000;

const send = (message: FromEngine): void => {
  if (process.connected) process.send?.(message);
};
/** Tells the parent before something that holds up the thread, and waits until the message is out. */
const announce = (nextWithinMs: number): Promise<void> =>
  new Promise((resolve) => {
    if (!process.connected || process.send === undefined) return resolve();
    const message: FromEngine = { type: 'heartbeat', nextWithinMs };
    process.send(message, undefined, {}, () => resolve());
  });

process.on('disconnect', () => process.exit(0));

const [, , mode, device = '', folder = ''] = process.argv;
if (mode === 'probe') {
  void probeDevice(runtime, device, folder).then((result) => {
    process.send?.(result, undefined, {}, () => process.exit(0));
  });
} else {
  let host: ModelHost | undefined;
  let last: Promise<void> = Promise.resolve();
  const open = new Map<number, { readonly abort: AbortController; readonly cut: Set<number> }>();

  const enqueue = (requestId: number, work: (signal: AbortSignal, cut: ReadonlySet<number>) => Promise<void>): void => {
    const request = { abort: new AbortController(), cut: new Set<number>() };
    open.set(requestId, request);
    last = last
      .then(async () => {
        request.abort.signal.throwIfAborted();
        await work(request.abort.signal, request.cut);
      })
      .catch((error: unknown) => {
        if (!request.abort.signal.aborted) send({ type: 'request-error', requestId, error: serializeError(error) });
      })
      .finally(() => open.delete(requestId));
  };

  process.on('message', (raw) => {
    const message = ToEngine.parse(raw);
    if (message.type === 'start') {
      if (message.translations !== undefined) l10n.config({ contents: message.translations });
      host = new ModelHost({
        runtime,
        cacheFolder: message.cacheFolder,
        chooseDevice: () => chooseDevice(runtime, message.device, message.cacheFolder, process.argv[1] ?? ''),
        send,
        announce,
      });
      send({ type: 'heartbeat', nextWithinMs: silenceMs });
      setInterval(() => send({ type: 'heartbeat', nextWithinMs: silenceMs }), heartbeatMs).unref();
      return;
    }
    const models = host;
    if (models === undefined) return;
    switch (message.type) {
      case 'generate':
        enqueue(message.requestId, (signal, cut) => models.generate(message, signal, cut));
        break;
      case 'prepare':
        enqueue(message.requestId, (signal) => models.prepare(message.requestId, message.file, signal));
        break;
      case 'request-cancel':
        open.get(message.requestId)?.abort.abort();
        break;
      case 'candidate-cut':
        open.get(message.requestId)?.cut.add(message.candidate);
        break;
      case 'stop':
        for (const request of open.values()) request.abort.abort();
        process.exit(0);
    }
  });
}
