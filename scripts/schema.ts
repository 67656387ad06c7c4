/** Writes the JSON Schemas of scenario and environment files that editors complete with: `npm run schema`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { packageRoot } from '#main/entries';
import { publishedSchemas } from '#main/scenarios/schema/jsonSchema';

for (const [file, schema] of Object.entries(publishedSchemas())) {
  const path = join(packageRoot(), 'resources', file);
  await writeFile(path, await format(JSON.stringify(schema), { parser: 'json', printWidth: 110 }));
  process.stdout.write(`${path}\n`);
}
