import * as vscode from 'vscode';
import { plainText } from '../core/index.js';
import type { ActiveProject } from './activeProject.js';

/** What is wrong with `touchstone.json`, among the problems and in the log, until the file is good again. */
export function showProjectFileProblems(projects: ActiveProject, log: vscode.LogOutputChannel): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection('touchstone.project');
  let told: string | undefined;
  const show = () => {
    const problem = projects.fileProblem;
    diagnostics.clear();
    if (problem !== undefined) {
      const { file, line, column } = problem;
      const message = plainText(problem.message);
      const toEndOfLine = new vscode.Range(line, column, line, Number.MAX_SAFE_INTEGER);
      const diagnostic = new vscode.Diagnostic(toEndOfLine, message, vscode.DiagnosticSeverity.Error);
      diagnostic.source = 'Touchstone';
      diagnostics.set(vscode.Uri.file(file), [diagnostic]);
      if (projects.project !== undefined && told !== message) log.warn(message);
    }
    told = problem === undefined ? undefined : plainText(problem.message);
  };
  show();
  return vscode.Disposable.from(
    diagnostics,
    projects.onDidChange(show),
    projects.onDidChangeContent(({ kind }) => {
      if (kind === 'config') show();
    }),
  );
}
