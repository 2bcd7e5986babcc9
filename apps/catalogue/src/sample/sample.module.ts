import { Module } from '@nestjs/common';
import { AccountModule, CatalogModule } from '@larder/shop';
import { CatalogueModule } from '../catalogue.module.js';
import { SampleFilling } from './sample.filling.js';

/** The shop with its accounts, to be filled with the sample. */
@Module({ imports: [CatalogueModule, CatalogModule, AccountModule], providers: [SampleFilling] })
export class SampleModule {}
