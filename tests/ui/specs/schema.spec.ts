import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { program, root } from '../support/server';

/** `triggers schema`, read by a validator such as editors have: not our own. */
const schemas = new Map<string, ValidateFunction>();
const shop = join(root, 'examples/shop/definitions');
const SCHEMA_OF: Readonly<Record<string, string>> = { 'sources.yaml': 'sources', 'segments.yaml': 'segments', 'scoring.yaml': 'scoring', 'sending.yaml': 'sending', 'traits.yaml': 'traits', 'value.yaml': 'value', 'identity.yaml': 'identity', 'plan.yaml': 'plan' };

test.beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'triggers-schema-'));
  try {
    execFileSync('dotnet', [program, 'schema', '--output', folder]);
    for (const file of readdirSync(folder)) {
      // strictRequired wants what is required of one alternative to be described again inside it.
      const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
      const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as object;
      expect(ajv.validateSchema(schema), `${file}: ${ajv.errorsText(ajv.errors)}`).toBe(true);
      schemas.set(basename(file, '.schema.json'), ajv.compile(schema));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** What the schema objects to, as `path: message`. */
function objections(schema: string, yaml: string): string[] {
  const validate = schemas.get(schema);
  if (validate === undefined) throw new Error(`There is no schema '${schema}'.`);
  return validate(parse(yaml)) ? [] : (validate.errors ?? []).map(error => `${error.instancePath}: ${error.message ?? ''}`);
}

test('There is a valid JSON Schema for every kind of definition file', () => {
  expect([...schemas.keys()].toSorted()).toEqual(['campaign', 'identity', 'plan', 'scoring', 'segments', 'sending', 'sources', 'traits', 'value']);
});

test("The shop's definitions and the documented ones are what the schemas allow", () => {
  const files = readdirSync(shop, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.yaml'));
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) expect(objections(SCHEMA_OF[file] ?? 'campaign', readFileSync(join(shop, file), 'utf8')), file).toEqual([]);

  const chapters = readFileSync(join(root, 'docs/definitions.md'), 'utf8').split(/^## /m);
  const documented = chapters.flatMap(chapter => {
    const schema = SCHEMA_OF[chapter.split('\n', 1)[0]?.trim() ?? ''] ?? 'campaign';
    return [...chapter.matchAll(/```yaml\n(.*?)```/gs)].map(match => ({ schema, yaml: match[1] ?? '' }));
  });
  expect(documented.map(({ schema }) => schema)).toEqual(['sources', 'segments', 'traits', 'value', 'scoring', 'scoring', 'identity', 'plan', 'campaign']);
  for (const { schema, yaml } of documented) expect(objections(schema, yaml), yaml).toEqual([]);
});

const campaign = (rest: string): string => `campaign: it\ntrigger: { event: X }\n${rest}`;

const BROKEN: readonly { what: string; schema: string; yaml: string }[] = [
  { what: 'a source without a key', schema: 'sources', yaml: 'a: { name: A }' },
  { what: 'a currency in small letters', schema: 'sources', yaml: 'a: { writeKey: k, currency: usd }' },
  { what: 'a segment id with capitals', schema: 'segments', yaml: 'High Intent: score > 5' },
  { what: 'a misspelt field of a segment', schema: 'segments', yaml: 'a: { wen: score > 5 }' },
  { what: 'a list for a condition', schema: 'segments', yaml: 'a: [score > 5]' },
  { what: 'a list of segments', schema: 'segments', yaml: '- a' },
  { what: 'a duration without a unit', schema: 'scoring', yaml: 'halfLife: 14' },
  { what: 'points that are no number', schema: 'scoring', yaml: 'events: { page: many }' },
  { what: 'a cap of nothing', schema: 'scoring', yaml: 'events: { X: { points: 1, capPerDay: 0 } }' },
  { what: 'a misspelt stage', schema: 'scoring', yaml: 'lifecycle: { wonBack: 3d }' },
  { what: 'a stage that is there already', schema: 'scoring', yaml: 'lifecycle: { away: { new: 3d } }' },
  { what: 'a cap without its time', schema: 'sending', yaml: 'cap: { messages: 3 }' },
  { what: 'a plan without events', schema: 'plan', yaml: 'violations: flag' },
  { what: 'an unknown action', schema: 'plan', yaml: 'violations: warn\nevents: { page: {} }' },
  { what: 'an unknown type of a property', schema: 'plan', yaml: 'events: { page: { properties: { url: text } } }' },
  { what: 'a misspelt rule of a property', schema: 'plan', yaml: 'events: { page: { properties: { url: { requird: true } } } }' },
  { what: 'a campaign without steps', schema: 'campaign', yaml: campaign('') },
  { what: 'an empty list of steps', schema: 'campaign', yaml: campaign('steps: []') },
  { what: 'two triggers', schema: 'campaign', yaml: 'campaign: it\ntrigger: { event: X, inactiveFor: 3d }\nsteps: [exit]' },
  { what: 'a trigger of nothing', schema: 'campaign', yaml: 'campaign: it\ntrigger: {}\nsteps: [exit]' },
  { what: 'an unknown status', schema: 'campaign', yaml: campaign('status: on\nsteps: [exit]') },
  { what: 'an unknown re-entry', schema: 'campaign', yaml: campaign('reentry: weekly\nsteps: [exit]') },
  { what: 'an unknown step', schema: 'campaign', yaml: campaign('steps: [{ jump: 3 }]') },
  { what: 'two steps in one', schema: 'campaign', yaml: campaign('steps: [{ wait: 1h, send: { channel: email, template: a } }]') },
  { what: 'a channel that is not there', schema: 'campaign', yaml: campaign('steps: [{ send: { channel: pigeon, template: a } }]') },
  { what: 'a wait for no time', schema: 'campaign', yaml: campaign('steps: [{ wait: soon }]') },
  { what: 'a mistake inside a branch', schema: 'campaign', yaml: campaign('steps: [{ branch: [{ when: score > 1, then: [{ wait: soon }] }] }]') },
];

for (const { what, schema, yaml } of BROKEN) {
  test(`The schema of ${schema} refuses ${what}`, () => expect(objections(schema, yaml)).not.toEqual([]));
}
