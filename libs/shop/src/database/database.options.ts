import { ConfigurableModuleBuilder } from '@nestjs/common';

/** Where the shop's truth lies. */
export interface ShopDatabaseOptions {
  /** `mongodb[+srv]://…` of a replica set, with the database's name. */
  readonly uri: string;
}

export const { ConfigurableModuleClass: ShopDatabaseOptionsModule, MODULE_OPTIONS_TOKEN: SHOP_DATABASE_OPTIONS } =
  new ConfigurableModuleBuilder<ShopDatabaseOptions>({ moduleName: 'ShopDatabase' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
    .build();
