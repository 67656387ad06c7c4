/** The clients of an internet provider, behind a cache: what the WispHub journey asks for. */
import { z } from 'zod';
import { drawDelay } from '../../random.ts';
import { nsOf, msOf } from '../../time.ts';
import { TimedCache } from '../cache.ts';
import type { Desk } from '../request.ts';
import type { Exchange } from './exchange.ts';

const given = [
  'Esperanza',
  'Carlos',
  'Lucía',
  'Andrés',
  'Marta',
  'Julián',
  'Rosa',
  'Diego',
  'Paola',
  'Hernán',
];
const family = ['Benítez', 'Rodríguez', 'Martínez', 'López', 'Gómez', 'Torres'];
const places = ['BELLAVISTA', 'EL PRADO', 'LA ESPERANZA', 'SAN JOSÉ', 'CENTRO'];
const plans = [
  { id: 1, name: 'Hogar 20 Mbps', price: 40_000 },
  { id: 2, name: 'Hogar 50 Mbps', price: 55_000 },
  { id: 3, name: 'Familia 100 Mbps', price: 70_000 },
  { id: 4, name: 'Empresa 300 Mbps', price: 160_000 },
];
const count = 60;

interface Client {
  id: number;
  name: string;
  address: string;
  phone: string;
  internet_plan: string;
  internet_plan_price: number;
  status: 'active' | 'suspended';
}

/** From 1; client 7 is Esperanza Benítez of BELLAVISTA, who pays 40000. */
const clients: Client[] = Array.from({ length: count }, (_, i) => {
  const n = i + given.length - 6;
  const plan = plans[(i + 2) % plans.length] ?? { name: '', price: 0 };
  return {
    id: i + 1,
    name: `${given[n % given.length] ?? ''} ${family[(Math.floor(n / given.length) + 5) % family.length] ?? ''}`,
    address: places[(i + 4) % places.length] ?? '',
    phone: `+57 300 555 ${String(1000 + i)}`,
    internet_plan: plan.name,
    internet_plan_price: plan.price,
    status: i % 9 === 8 ? 'suspended' : 'active',
  };
});

const allClients = JSON.stringify(clients);
const allPlans = JSON.stringify(plans);
const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
const names = clients.map((client) => plain(`${client.name} ${client.address}`));

const Identity = z.object({ address: z.string(), internet_plan_price: z.number() });

/** How much dearer than the list of clients an answer out of the cache is. */
const effort = { list: 1, search: 1.25, verify: 1.5, plans: 0.75 };

export class Clients {
  readonly #desk: Desk;
  readonly #cache: TimedCache;

  constructor(desk: Desk) {
    this.#desk = desk;
    const { cache_ttl: ttl, stampede } = desk.config.services;
    this.#cache = new TimedCache(nsOf(ttl), stampede);
  }

  list(exchange: Exchange, now: bigint): void {
    this.#fromCache(exchange, 'clients', effort.list, now, () => exchange.answer(200, allClients));
  }

  /** Clients whose name or address has the words of `q`, whatever their accents. */
  search(exchange: Exchange, now: bigint): void {
    const wanted = plain(exchange.parameter('q') ?? '');
    this.#fromCache(exchange, 'clients', effort.search, now, () =>
      exchange.answer(
        200,
        clients.filter((_, i) => names[i]?.includes(wanted)),
      ),
    );
  }

  /** Whether address and price are those of the client. */
  verify(exchange: Exchange, id: string): void {
    exchange.readJson((body, received) => {
      const identity = Identity.safeParse(body);
      if (!identity.success) {
        exchange.answer(422, { detail: 'address (text) and internet_plan_price (a number) are needed' });
        return;
      }
      this.#fromCache(exchange, 'clients', effort.verify, received, () => {
        const client = clients[Number(id) - 1];
        if (!client) {
          exchange.answer(404, { detail: `there is no client ${id}` });
          return;
        }
        const { address, internet_plan_price: price } = identity.data;
        const verified = plain(address) === plain(client.address) && price === client.internet_plan_price;
        exchange.answer(200, { client_id: client.id, name: client.name, verified });
      });
    });
  }

  plans(exchange: Exchange, now: bigint): void {
    this.#fromCache(exchange, 'plans', effort.plans, now, () => exchange.answer(200, allPlans));
  }

  #fromCache(
    { request }: Exchange,
    name: string,
    dearer: number,
    now: bigint,
    run: (now: bigint) => void,
  ): void {
    const { cold, warm } = this.#desk.config.services;
    const { random } = request.draws;
    const ready = this.#cache.readyAt(name, now, () => nsOf(drawDelay(cold, random)));
    const delay = msOf(ready - now) + drawDelay(warm, random) * dearer + request.slowMs();
    request.after(now, delay, run);
  }
}
