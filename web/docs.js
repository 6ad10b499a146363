// The HTTP API for readers, from /openapi.json. Nothing comes from elsewhere, as the page's policy asks.

const add = (parent, name, text = "") => {
  const element = document.createElement(name);
  element.textContent = text;
  parent.append(element);
  return element;
};

const spec = await (await fetch("/openapi.json")).json();

const resolve = (schema) => (schema?.$ref ? spec.components.schemas[schema.$ref.split("/").at(-1)] : schema) ?? {};

/** A schema in a few words. */
function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.join(" · ");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  return schema.format ?? schema.type ?? "anything";
}

function addFields(parent, title, fields) {
  if (!fields.length) return;
  add(parent, "h4", title);
  const list = add(parent, "ul");
  for (const { name, schema, required, description } of fields) {
    const item = add(list, "li");
    add(item, "code", name);
    item.append(`${required ? "" : "?"}: ${typeOf(schema)}${description ? `. ${description}` : ""}`);
  }
}

const fieldsOf = (schema) => Object.entries(resolve(schema).properties ?? {}).map(([name, field]) => ({
  name, schema: field, required: resolve(schema).required?.includes(name), description: field.description,
}));

for (const [path, methods] of Object.entries(spec.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const details = add(document.querySelector("#operations"), "details");
    const summary = add(details, "summary");
    add(summary, "code", `${method.toUpperCase()} ${path}`);
    summary.append(` ${operation.summary ?? ""}`);
    add(details, "p", operation.description);
    addFields(details, "Parameters", operation.parameters ?? []);
    for (const [kind, { schema }] of Object.entries(operation.requestBody?.content ?? {})) {
      addFields(details, `Body, ${kind}`, fieldsOf(schema));
    }
    add(details, "h4", "Answers");
    const answers = add(details, "ul");
    for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
      const kinds = Object.entries(content).map(([kind, { schema }]) => `${kind}${schema?.$ref ? `, ${typeOf(schema)}` : ""}`);
      add(answers, "li", [status, description, ...kinds].join(" · "));
    }
  }
}
