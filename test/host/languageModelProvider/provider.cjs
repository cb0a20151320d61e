// An extension that brings language models to VS Code, as GitHub Copilot does, for the suite that runs beside it in the same
// host: the suite says which models there are and what they answer.
const vscode = require('vscode');

exports.activate = (context) => {
  const changed = new vscode.EventEmitter();
  const control = {
    models: [],
    requests: [],
    answer: async (_request, say) => say('Yes.'),
    offer(models) {
      control.models = models;
      changed.fire();
    },
    errors: vscode.LanguageModelError,
  };
  const provider = {
    onDidChangeLanguageModelChatInformation: changed.event,
    provideLanguageModelChatInformation: () => control.models,
    async provideLanguageModelChatResponse(model, messages, options, progress, token) {
      const request = {
        model: model.id,
        turns: messages.map(({ role, content }) => ({
          role: role === vscode.LanguageModelChatMessageRole.User ? 'user' : 'assistant',
          content: content.map(({ value }) => value).join(''),
        })),
        options: options.modelOptions,
        token,
      };
      control.requests.push(request);
      await control.answer(request, (text) => progress.report(new vscode.LanguageModelTextPart(text)));
    },
    provideTokenCount: async (_model, text) => String(text).split(/\s+/).length,
  };
  context.subscriptions.push(changed, vscode.lm.registerLanguageModelChatProvider('touchstone-test', provider));
  return control;
};
