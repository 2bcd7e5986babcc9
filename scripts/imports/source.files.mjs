import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

const FOLDERS = ['apps', 'libs', 'test', 'bench', 'scripts'];
const isSource = (path) => /\.(ts|mjs|lua)$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path);

const specifiersOf = (file) => {
  const found = [];
  const visit = (node) => {
    const { moduleSpecifier, moduleReference, argument } = node;
    if (ts.isImportDeclaration(node)) found.push(moduleSpecifier);
    else if (ts.isExportDeclaration(node) && moduleSpecifier) found.push(moduleSpecifier);
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(moduleReference))
      found.push(moduleReference.expression);
    else if (ts.isImportTypeNode(node)) found.push(argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      found.push(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found.filter(ts.isStringLiteralLike).map(({ text }) => text);
};

const readSource = (root, path) => {
  const text = readFileSync(join(root, path), 'utf8');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const isCode = !path.endsWith('.lua');
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    specifiers: isCode ? specifiersOf(file) : [],
    exportsAll: isCode && file.statements.some((node) => ts.isExportDeclaration(node) && !node.exportClause),
  };
};

/** Every source file below `root`: its path, its length, what it imports (types and `import()` included). */
export const readSources = (root) =>
  FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((path) => posix.join(folder, path)))
    .filter(isSource)
    .sort()
    .map((path) => readSource(root, path));

/** The path that `specifier` means in the file at `path`; `undefined` for a package. */
export const targetOf = (path, specifier) => {
  const [, library] = /^@larder\/([^/]+)$/.exec(specifier) ?? [];
  if (library) return `libs/${library}/src/index.ts`;
  if (!specifier.startsWith('.')) return undefined;
  const target = posix.join(posix.dirname(path), specifier);
  return path.endsWith('.ts') ? target.replace(/\.js$/, '.ts') : target;
};
