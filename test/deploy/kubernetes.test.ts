import { readFileSync } from 'node:fs';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { useService } from '../service.ts';

const file = readFileSync(new URL('../../deploy/kubernetes.yaml', import.meta.url), 'utf8');
const kinds = {
  'apps/v1/Deployment': apps.Deployment,
  'autoscaling/v2/HorizontalPodAutoscaler': autoscaling.HorizontalPodAutoscaler,
  'policy/v1/PodDisruptionBudget': policy.PodDisruptionBudget,
  'v1/Service': core.Service,
};
const resources = parseAllDocuments(file).map((document) => document.toJS() as Resource);

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const service = useService();

describe('deploy/kubernetes.yaml', () => {
  test.each(resources.map((resource) => [resource.kind, resource.metadata.name, resource] as const))(
    '%s %s is valid by the schema of Kubernetes',
    (_kind, _name, resource) => {
      const Kind = kinds[`${resource.apiVersion}/${resource.kind}` as keyof typeof kinds];
      expect(Kind, `${resource.apiVersion}/${resource.kind} is a kind that is checked`).toBeDefined();
      expect(() => new Kind(resource).validate()).not.toThrow();
    },
  );

  test('a mistyped field would be noticed', () => {
    const deployment = structuredClone(resources.find(({ kind }) => kind === 'Deployment'));
    expect(() => new apps.Deployment({ ...deployment, spec: { replicas: 'two' } } as never).validate()).toThrow();
  });

  test('the probes ask paths that the server answers', async () => {
    const paths = [...file.matchAll(/path: (\/\w+)/g)].map(([, path]) => path);
    expect(new Set(paths)).toEqual(new Set(['/ready', '/health']));
    for (const path of new Set(paths)) {
      expect((await service.server.graph.fetch(`http://localhost${path}`)).status).toBe(200);
    }
  });

  test('the autoscaler of the workers looks at a metric that the server has', async () => {
    const metrics = await (await service.server.graph.fetch('http://localhost/metrics')).text();
    const names = [...file.matchAll(/metric: \{ name: (\w+)/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(metrics).toContain(`# HELP ${name} `);
  });
});
