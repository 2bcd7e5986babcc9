import { Injectable, type INestApplication } from '@nestjs/common';

/** The OpenAPI document of the running application, made when it is first asked for: what makes it takes a second to load. */
@Injectable()
export class ApiDocument {
  #app: INestApplication | undefined;
  #text: Promise<string> | undefined;

  /** Names the application to describe. */
  describe(app: INestApplication): void {
    this.#app = app;
  }

  /** The document as JSON. */
  text(): Promise<string> {
    this.#text ??= this.#make();
    return this.#text;
  }

  async #make(): Promise<string> {
    if (this.#app === undefined) throw new Error('no application was named to describe');
    const { describeApi } = await import('./openapi.js');
    return JSON.stringify(await describeApi(this.#app));
  }
}
