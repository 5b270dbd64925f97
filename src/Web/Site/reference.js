/* Draws /openapi/v1.json: every operation with its parameters, bodies and answers. */
(async () => {
  'use strict';

  /** @param {string} tag @param {object} attributes @param {...(Node|string)} children */
  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const intro = document.getElementById('intro');
  let api;
  try {
    const answer = await fetch('/openapi/v1.json');
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    api = await answer.json();
  } catch (error) {
    intro.textContent = `The document could not be loaded: ${error.message}.`;
    return;
  }
  intro.textContent = api.info.description;

  const resolve = schema => (schema?.$ref ? api.components.schemas[schema.$ref.split('/').pop()] : schema);
  const typeName = schema => [].concat(schema.type ?? 'any').filter(type => type !== 'null');

  /** A value as the schema would have it, which says more than the schema itself. */
  function sample(schema, depth = 0) {
    const node = resolve(schema);
    if (!node) return null;
    const options = node.oneOf ?? node.anyOf ?? node.allOf;
    if (options) return sample(options.find(option => option.type !== 'null') ?? options[0], depth);
    if (node.enum) return node.enum[0];
    const types = typeName(node);
    if (types.includes('array')) return depth > 5 ? [] : [sample(node.items ?? {}, depth + 1)];
    if (node.properties && depth <= 5) {
      return Object.fromEntries(Object.entries(node.properties).map(([name, property]) => [name, sample(property, depth + 1)]));
    }
    if (node.additionalProperties) return { '…': sample(node.additionalProperties, depth + 1) };
    if (types.includes('object')) return {};
    if (types.includes('boolean')) return false;
    if (types.includes('integer') || types.includes('number')) return 0;
    if (node.format === 'date-time') return '2026-01-31T12:00:00Z';
    return types.includes('string') ? 'text' : null;
  }

  function body(title, content) {
    return Object.entries(content ?? {}).filter(([type]) => type !== 'application/problem+json').flatMap(([type, media]) => {
      const shown = type.includes('json') && !type.includes('ndjson') ? JSON.stringify(sample(media.schema), null, 2) : '… one event of the Segment spec a line …';
      return [element('h4', {}, `${title} (${type})`), element('pre', { tabindex: '0' }, shown)];
    });
  }

  function parameters(list) {
    if (!list?.length) return [];
    const rows = list.map(({ name, in: place, required, schema }) =>
      element('tr', {}, element('td', {}, element('code', {}, name)), element('td', {}, place), element('td', {}, typeName(schema ?? {}).join(' or ')), element('td', {}, required ? 'needed' : 'optional')));
    const head = element('tr', {}, ...['Name', 'In', 'Type', ''].map(text => element('th', { scope: 'col' }, text)));
    return [element('h4', {}, 'Parameters'), element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows))];
  }

  function answers(responses) {
    const rows = Object.entries(responses ?? {}).map(([status, response]) =>
      element('tr', {}, element('td', {}, element('code', {}, status)), element('td', {}, response.description + (response.content?.['application/problem+json'] ? ' (problem details)' : ''))));
    return [element('h4', {}, 'Answers'), element('table', {}, element('tbody', {}, ...rows))];
  }

  const groups = new Map();
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? 'Other';
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ path, method, operation, id: `${method}-${path.replace(/[^a-z0-9]+/gi, '-')}` });
    }
  }

  for (const [tag, operations] of groups) {
    const links = operations.map(({ id, operation, path }) => element('li', {}, element('a', { href: `#${id}` }, operation.summary ?? path)));
    document.getElementById('index').append(element('a', { class: 'group', href: `#${tag}` }, tag), element('ul', {}, ...links));
    const articles = operations.map(({ path, method, operation, id }) =>
      element('article', { id },
        element('h3', {}, element('span', { class: `method ${method}` }, method.toUpperCase()), element('code', {}, path)),
        element('p', {}, element('strong', {}, operation.summary ?? ''), operation.description ? ` — ${operation.description}` : ''),
        ...parameters(operation.parameters),
        ...body('Send', operation.requestBody?.content),
        ...answers(operation.responses),
        ...body('Get', operation.responses?.['200']?.content)));
    document.getElementById('operations').append(element('h2', { id: tag }, tag), ...articles);
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
})();
