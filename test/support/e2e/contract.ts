import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Answer } from '../api.js';
import { type ApiDocument, type Operation, operationsOf } from './api.document.js';

const PROBLEM = ['components', 'schemas', 'Problem'];
// Pages for people and their files are no part of the contract.
const UNDOCUMENTED = /^\/(docs|docs-json|dashboard|metrics)(\/|$)/;

/** Checks what an instance answers against the OpenAPI document that it hands out. */
export class Contract {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #operations: readonly Operation[];

  constructor(document: ApiDocument) {
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema(document, 'api');
    this.#operations = operationsOf(document);
  }

  /**
   * The documented route that has answered, as `GET /v1/products/{id}`; `undefined` for what no document describes.
   * @throws {Error} the answer's status, content type or body is not as documented
   */
  check(line: string, answer: Answer): string | undefined {
    const [method = '', url = ''] = line.split(' ');
    const path = url.split('?', 1)[0] ?? '';
    const operation = this.#operationAt(method === 'HEAD' ? 'GET' : method, path);
    const faults = operation ? this.#faultsOf(operation, method, answer) : this.#faultsOfNoRoute(path, answer);
    if (faults.length === 0) return operation?.name;
    const what = `${line.slice(0, 200)} answered ${answer.status} ${answer.text.slice(0, 1_000)}`;
    throw new Error(`${what}\nwhich the document at /docs-json does not allow:\n${faults.join('\n')}`);
  }

  #operationAt(method: string, path: string): Operation | undefined {
    const fitting = this.#operations.filter((one) => one.method === method && one.pattern.test(path));
    return fitting.find(({ path: template }) => template === path) ?? fitting[0];
  }

  #faultsOf({ path, method, responses }: Operation, asked: string, answer: Answer): string[] {
    const documented = responses[answer.status];
    if (documented === undefined) return [`status ${answer.status}; documented are ${Object.keys(responses).join()}`];
    const types = Object.keys(documented.content ?? {});
    const type = typeOf(answer);
    if (types.length === 0) return answer.text === '' ? [] : ['a body where none is documented'];
    if (!types.includes(type)) return [`content type "${type}"; documented: ${types.join()}`];
    if (asked === 'HEAD') return answer.text === '' ? [] : ['a body to HEAD'];
    const status = String(answer.status);
    const place = ['paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
    return this.#faultsOfBody(place, answer);
  }

  // An unknown path, a method that its path does not take, or an address that could not be read.
  #faultsOfNoRoute(path: string, answer: Answer): string[] {
    if (UNDOCUMENTED.test(path) && answer.status < 400) return [];
    if (![400, 404, 405, 414].includes(answer.status)) return [`status ${answer.status} where there is no route`];
    if (typeOf(answer) !== 'application/problem+json') return ['no problem where there is no route'];
    return answer.text === '' ? [] : this.#faultsOfBody(PROBLEM, answer);
  }

  #faultsOfBody(place: readonly string[], { body }: Answer): string[] {
    const pointer = place.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = this.#validators.get(pointer) ?? this.#ajv.compile({ $ref: `api#/${pointer}` });
    this.#validators.set(pointer, validate);
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `body${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  }
}

const typeOf = ({ headers }: Answer): string => {
  const type = headers['content-type'];
  return typeof type === 'string' ? (type.split(';', 1)[0] ?? '') : '';
};
