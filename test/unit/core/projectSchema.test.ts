import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ProjectConfig, projectJsonSchema } from '../../../src/core/index.js';

const Schema = z.looseObject({
  required: z.array(z.string()),
  properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })),
});
const schema = Schema.parse(projectJsonSchema());

test('an editor explains every member of touchstone.json and asks for a name only', () => {
  const { $schema: _, ...members } = schema.properties;
  for (const [name, { description }] of Object.entries(members)) expect(description, name).toMatch(/^.{10,}\.$/);
  expect(schema.required).toEqual(['name']);
  expect(Object.keys(members)).toEqual(expect.arrayContaining(Object.keys(ProjectConfig.parse({ name: 'x' }))));
});

test('it knows every member of the sample project', () => {
  const sample = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync('samples/touchstone.json', 'utf8')));
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(sample)));
});
