/** Bodies of requests, made from templates. What has no placeholders is made once. */
import { randomUUID } from 'node:crypto';
import type { PlanBody, PlanPart } from '../requestPlan.ts';
import { asJson, jsonTemplate, textTemplate, type Values } from './templates.ts';

export interface CompiledBody {
  /** What its header says, unless the step has one; null: nothing. */
  contentType: string | null;
  /** Throws `UnsetVariable`. */
  fill(values: Values): Uint8Array;
}

function ofText(
  contentType: string | null,
  constant: boolean,
  fill: (values: Values) => string,
): CompiledBody {
  if (!constant) return { contentType, fill: (values) => Buffer.from(fill(values)) };
  const bytes = Buffer.from(fill({ valueOf: () => undefined }));
  return { contentType, fill: () => bytes };
}

/** As `application/x-www-form-urlencoded` has it (https://url.spec.whatwg.org/#urlencoded-serializing). */
function ofForm(fields: Record<string, string>): CompiledBody {
  const templates = Object.entries(fields).map(([name, value]) => [name, textTemplate(value)] as const);
  return ofText(
    'application/x-www-form-urlencoded',
    templates.every(([, template]) => template.constant !== null),
    (values) =>
      new URLSearchParams(
        templates.map(([name, template]): [string, string] => [name, template.fill(values)]),
      ).toString(),
  );
}

/** A name within quotes (https://html.spec.whatwg.org/#multipart-form-data). */
function quoted(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

function headOf({ name, filename, type, bytes }: PlanPart): string {
  const file = filename === null ? '' : `; filename="${quoted(filename)}"`;
  const kind = type ?? (bytes === null ? null : 'application/octet-stream');
  return `Content-Disposition: form-data; name="${quoted(name)}"${file}\r\n${kind === null ? '' : `Content-Type: ${kind}\r\n`}\r\n`;
}

function ofParts(parts: readonly PlanPart[]): CompiledBody {
  const boundary = `----crosstalk-${randomUUID()}`;
  const compiled = parts.map((part) => ({
    head: Buffer.from(`--${boundary}\r\n${headOf(part)}`),
    bytes: part.bytes === null ? null : new Uint8Array(part.bytes),
    value: textTemplate(part.value ?? ''),
  }));
  const end = Buffer.from(`--${boundary}--\r\n`);
  const line = Buffer.from('\r\n');
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    fill: (values) =>
      Buffer.concat([
        ...compiled.flatMap(({ head, bytes, value }) => [
          head,
          bytes ?? Buffer.from(value.fill(values)),
          line,
        ]),
        end,
      ]),
  };
}

export function compileBody(body: PlanBody): CompiledBody {
  switch (body.kind) {
    case 'json': {
      const template = jsonTemplate(body.value);
      return ofText('application/json', template.fixed, (values) => asJson(template.fill(values)));
    }
    case 'form':
      return ofForm(body.fields);
    case 'multipart':
      return ofParts(body.parts);
    case 'text': {
      const template = textTemplate(body.text);
      return ofText('text/plain; charset=utf-8', template.constant !== null, (values) =>
        template.fill(values),
      );
    }
    case 'bytes': {
      const bytes = new Uint8Array(body.bytes);
      return { contentType: 'application/octet-stream', fill: () => bytes };
    }
  }
}
