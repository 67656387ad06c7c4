import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import type { PackageDefinition } from '@grpc/proto-loader';
import { afterEach, expect, it } from 'vitest';
import { readServices } from './methods.ts';
import { reflectDescriptors } from './reflection.ts';
import { startSpeech, targetAt, type SpeechService } from './testing/service.ts';

const open: SpeechService[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function speech(
  prepare?: (server: Server, definition: PackageDefinition) => void,
): Promise<SpeechService> {
  const service = await startSpeech(prepare === undefined ? {} : { prepare });
  open.push(service);
  return service;
}

const offered = (server: Server, definition: PackageDefinition) =>
  new ReflectionService(definition).addToServer(server);

/** As servers had it before there was v1. */
function offeredBefore(server: Server, definition: PackageDefinition): void {
  const only = {
    addService: (
      service: Parameters<Server['addService']>[0],
      implementation: Parameters<Server['addService']>[1],
    ) => {
      const [method] = Object.values(service);
      if (method?.path.includes('.v1alpha.') === true) server.addService(service, implementation);
    },
  };
  new ReflectionService(definition).addToServer(only);
}

it.each([
  ['v1', offered],
  ['v1alpha', offeredBefore],
])('asks for a service with all it depends on (%s)', async (_, prepare) => {
  const { url } = await speech(prepare);
  const found = await reflectDescriptors(targetAt(url), ['speech.Speech'], 10_000);
  if (!found.ok) throw new Error(found.error.message);
  const types = readServices(found.value);
  if (!types.ok) throw new Error(types.error.message);
  expect(types.value.methods.map(({ rpc }) => rpc)).toContain('speech.Speech/Talk');
  expect(types.value.missing()).toEqual([]);
});

it('asks for all services when none is named', async () => {
  const { url } = await speech(offered);
  const found = await reflectDescriptors(targetAt(url), [], 10_000);
  const types = found.ok ? readServices(found.value) : found;
  expect(types.ok ? types.value.methods.length : types.error).toBe(4);
});

it('names what a service was probably meant to be', async () => {
  const { url } = await speech(offered);
  expect(await reflectDescriptors(targetAt(url), ['speech.Speach'], 10_000)).toMatchObject({
    ok: false,
    error: {
      code: 'service_unknown',
      message: `${url} has no service speech.Speach; did you mean speech.Speech?`,
    },
  });
});

it('says that it is not offered', async () => {
  const { url } = await speech();
  expect(await reflectDescriptors(targetAt(url), [], 10_000)).toMatchObject({
    ok: false,
    error: {
      code: 'reflection_refused',
      message: `${url} does not offer server reflection; name its .proto files under proto.`,
    },
  });
});

it('says why nobody answers', async () => {
  const service = await speech();
  service.close();
  expect(await reflectDescriptors(targetAt(service.url), [], 10_000)).toMatchObject({
    ok: false,
    error: {
      code: 'refused',
      message: `${service.url} cannot be connected: nothing listens at this address (connection refused).`,
    },
  });
});
