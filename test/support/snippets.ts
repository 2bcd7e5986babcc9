import { join } from 'node:path';
import ts from 'typescript';
import { documents, ROOT, textOf } from './documents.js';

/** One block of TypeScript in a document. */
export interface Snippet {
  /** The page and the line that the block begins after. */
  readonly place: string;
  readonly text: string;
}

/** Every `ts` block of every document. */
export const snippets = (): Snippet[] =>
  documents().flatMap((path) => {
    const page = textOf(path);
    return Array.from(page.matchAll(/^```ts\n([\s\S]*?)^```$/gm), ({ index, 1: text = '' }) => ({
      place: `${path}:${page.slice(0, index).split('\n').length}`,
      text,
    }));
  });

const optionsOfTests = (): ts.CompilerOptions => {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.check.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, ROOT);
  return options;
};

/** The program of these snippets and of these sources, by the options that the sources are checked with. */
export const programOf = (list: readonly Snippet[], sources: readonly string[] = []): ts.Program => {
  const options = optionsOfTests();
  const host = ts.createCompilerHost(options);
  const texts = new Map(list.map(({ text }, at) => [fileOf(at), text]));
  const [fileExists, readFile] = [host.fileExists.bind(host), host.readFile.bind(host)];
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  return ts.createProgram([...texts.keys(), ...sources.map((path) => join(ROOT, path))], options, host);
};

// In the root, so that the libraries are found as from any source.
const fileOf = (at: number): string => join(ROOT, `snippet-${at}.ts`).replaceAll('\\', '/');

/** What the compiler says of the snippets of a program, each with its place. */
export const faultsOf = (program: ts.Program, list: readonly Snippet[]): string[] =>
  list.flatMap(({ place }, at) => {
    const source = program.getSourceFile(fileOf(at));
    if (!source) return [`${place}: not compiled`];
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start = 0, messageText }) => {
        const line = source.getLineAndCharacterOfPosition(start).line + 1;
        return `${place}, line ${line} of the block: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      },
    );
  });

/** The options that a strategy's decorator takes, and whether each is required. */
export const optionsOf = (program: ts.Program, path: string, decorator: string): Record<string, boolean> => {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(ROOT, path));
  const module = source && checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find(({ name }) => name === decorator);
  const parameter = symbol && checker.getTypeOfSymbol(symbol).getCallSignatures()[0]?.getParameters()[1];
  if (!parameter) throw new Error(`${path} exports no decorator ${decorator} with options.`);
  const properties = checker.getNonNullableType(checker.getTypeOfSymbol(parameter)).getProperties();
  return Object.fromEntries(
    properties.map((property) => [property.name, (property.flags & ts.SymbolFlags.Optional) === 0]),
  );
};
