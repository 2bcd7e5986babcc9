import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { Undocumented } from './answers.decorator.js';
import { ApiDocument } from './api.document.js';

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};
const START = `SwaggerUIBundle({ url: '/docs-json', dom_id: '#docs', deepLinking: true });`;
const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Larder API</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="docs"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>`;

/** The contract of this API, for people at `/docs` and for programs at `/docs-json`. */
@Controller()
@Undocumented()
export class DocsController {
  constructor(private readonly document: ApiDocument) {}

  @Get('docs-json')
  @Header('content-type', 'application/json; charset=utf-8')
  json(): Promise<string> {
    return this.document.text();
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return PAGE;
  }

  @Get('docs/start.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  start(): string {
    return START;
  }

  @Get('docs/:file')
  @Header('cache-control', 'public, max-age=3600')
  async asset(@Param('file') file: string): Promise<StreamableFile> {
    const type = Object.hasOwn(ASSETS, file) ? ASSETS[file] : undefined;
    if (type === undefined) throw new NotFoundException();
    return new StreamableFile(await readFile(assetPath(file)), { type });
  }
}

// The pages come with @nestjs/swagger; only from there are they sure to be found.
const assetPath = (file: string): string =>
  createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger')).resolve(`swagger-ui-dist/${file}`);
