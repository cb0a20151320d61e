import type * as vscode from 'vscode';
import { z } from 'zod';
import { commandIds } from '../contributions/index.js';
import { command } from './edge.js';

/** A panel whose page may come back from a former host. */
export interface Resumable {
  resume(id: string, kept: unknown): Promise<void>;
}

/** View type, name of the page, and what it had kept: from a page, so nothing is believed of it. */
const Request = z.tuple([z.string().max(64), z.string().min(1).max(64), z.unknown()]);

/** For pages that hear nothing of the process that opened them; they call it by a link. */
export function registerResumeCommand(
  panels: Readonly<Record<string, Resumable>>,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return command(commandIds.resumePanel, log, async (...given: unknown[]) => {
    const [viewType = '', id = '', kept] = Request.safeParse(given).data ?? [];
    if (Object.hasOwn(panels, viewType)) await panels[viewType]?.resume(id, kept);
  });
}
