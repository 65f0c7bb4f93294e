import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { useService } from '../service.ts';

const service = useService();
const dashboard = readFileSync(new URL('../../deploy/grafana-dashboard.json', import.meta.url), 'utf8');

test('every metric of the Grafana dashboard is one of /metrics', async () => {
  const response = await service.server.graph.fetch('http://localhost/metrics');
  const served = new Set([...(await response.text()).matchAll(/^# HELP (\w+)/gm)].map(([, name]) => name));
  const shown = [...dashboard.matchAll(/\b(?:bertql|process)_\w+/g)].map(([name]) => name);
  const names = shown.map((name) => (served.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')));
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !served.has(name))).toEqual([]);
});
