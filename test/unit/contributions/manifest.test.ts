import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  commandIds,
  contextKeys,
  dashboardPanelType,
  draftScheme,
  guardedSettings,
  labelCommands,
  labelPanelType,
  playgroundPanelType,
  settingNames,
  settingsSection,
  viewIds,
  walkthroughId,
} from '../../../src/contributions/index.js';

const When = z.looseObject({ when: z.string().optional(), command: z.string().optional() });
const manifestSchema = z.looseObject({
  activationEvents: z.array(z.string()),
  capabilities: z.looseObject({
    untrustedWorkspaces: z.looseObject({ supported: z.string(), restrictedConfigurations: z.array(z.string()) }),
  }),
  contributes: z.looseObject({
    commands: z.array(z.looseObject({ command: z.string(), enablement: z.string().optional() })),
    views: z.record(z.string(), z.array(z.looseObject({ id: z.string() }))),
    viewsContainers: z.looseObject({ activitybar: z.array(z.looseObject({ id: z.string(), icon: z.string() })) }),
    viewsWelcome: z.array(When.extend({ contents: z.string() })),
    menus: z.record(z.string(), z.array(When)),
    configuration: z.looseObject({ properties: z.record(z.string(), z.looseObject({ scope: z.string() })) }),
    walkthroughs: z.array(
      z.looseObject({
        id: z.string(),
        steps: z.array(
          z.looseObject({
            media: z.union([
              z.looseObject({ markdown: z.string() }),
              z.object({ image: z.record(z.string(), z.string()) }),
            ]),
            completionEvents: z.array(z.string()),
          }),
        ),
      }),
    ),
  }),
});
const text = readFileSync('package.json', 'utf8');
const manifest = manifestSchema.parse(JSON.parse(text));
const { contributes } = manifest;
const stringsOf = (file: string) => z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
const english = stringsOf('package.nls.json');
const korean = stringsOf('package.nls.ko.json');

describe('the manifest and the code name the same', () => {
  test('commands', () => {
    const inCode = [...Object.values(commandIds), ...Object.keys(labelCommands)];
    expect(contributes.commands.map(({ command }) => command).toSorted()).toEqual(inCode.toSorted());
  });

  test('settings', () => {
    const inCode = Object.values(settingNames).map((name) => `${settingsSection}.${name}`);
    expect(Object.keys(contributes.configuration.properties).toSorted()).toEqual(inCode.toSorted());
  });

  test('views, the panel, the walkthrough and what wakes the extension', () => {
    const { container, ...views } = viewIds;
    expect(contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual([container]);
    expect(contributes.views[container]?.map(({ id }) => id)).toEqual(Object.values(views));
    expect(contributes.walkthroughs.map(({ id }) => id)).toEqual([walkthroughId]);
    expect(manifest.activationEvents).toEqual([
      'workspaceContains:touchstone.json',
      `onWebviewPanel:${labelPanelType}`,
      `onWebviewPanel:${dashboardPanelType}`,
      `onWebviewPanel:${playgroundPanelType}`,
      `onFileSystem:${draftScheme}`,
    ]);
  });

  test('context keys: each that a clause reads is set, and each that is set is read by one', () => {
    const clauses = [
      ...contributes.commands.map(({ enablement }) => enablement),
      ...contributes.viewsWelcome.map(({ when }) => when),
      ...Object.values(contributes.menus)
        .flat()
        .map(({ when }) => when),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap(({ completionEvents }) => completionEvents)),
    ].flatMap((clause) => [...(clause ?? '').matchAll(/(?<![\w.'])touchstone\.[\w.]+(?!')/g)].map(([key]) => key));
    const others = new Set<string>([...Object.values(viewIds), ...Object.values(commandIds)]);
    const read = new Set(clauses.filter((key) => !others.has(key)));
    // For keybindings of the user's own: the palette takes the focus, so no command of ours can ask for it.
    const forKeybindings = contextKeys.labelFocus;
    expect([...read, forKeybindings].toSorted()).toEqual(Object.values(contextKeys).toSorted());
  });

  test('menus name commands that are there', () => {
    const known = new Set(contributes.commands.map(({ command }) => command));
    const named = Object.values(contributes.menus).flatMap((items) => items.flatMap(({ command }) => command ?? []));
    expect(named.filter((command) => !known.has(command))).toEqual([]);
  });
});

describe('what a folder may not decide', () => {
  test.each(guardedSettings)('%s is restricted and has the scope of the machine or the application', (name) => {
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(`${settingsSection}.${name}`);
    expect(contributes.configuration.properties[`${settingsSection}.${name}`]?.scope).toMatch(
      /^(machine|application)$/,
    );
  });

  test('every setting that is not of the window is guarded', () => {
    const narrow = Object.entries(contributes.configuration.properties)
      .filter(([, { scope }]) => scope !== 'window')
      .map(([name]) => name);
    expect(narrow.toSorted()).toEqual(guardedSettings.map((name) => `${settingsSection}.${name}`).toSorted());
  });
});

describe('the words of the manifest', () => {
  const used = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key = '']) => key);

  test('each is there in English and in Korean, and none is left over', () => {
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(english).toSorted());
    expect(Object.keys(korean).toSorted()).toEqual(Object.keys(english).toSorted());
  });

  test('links to the same commands in both', () => {
    const links = (words: string) => [...words.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
    for (const [key, words] of Object.entries(english)) expect(links(korean[key] ?? '')).toEqual(links(words));
  });

  test('pictures and pages of the manifest are there', () => {
    const files = [
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.walkthroughs.flatMap(({ steps }) =>
        steps.flatMap(({ media }) => ('markdown' in media ? [media.markdown] : Object.values(media.image))),
      ),
    ];
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });
});
