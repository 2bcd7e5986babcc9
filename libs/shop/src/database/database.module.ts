import { Module } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import mongoose, { type Connection } from 'mongoose';
import { Database } from './database.js';
import { ShopDatabaseOptionsModule } from './database.options.js';
import { Transactions } from './transactions.js';

/**
 * The connection of one process to MongoDB. Import it once, by `forRoot` or `forRootAsync`; models are declared where they
 * are used, by `MongooseModule.forFeature`, and their collections and indexes are made once the server is there.
 */
@Module({
  providers: [
    { provide: getConnectionToken(), useFactory: (): Connection => mongoose.createConnection() },
    Database,
    Transactions,
  ],
  exports: [getConnectionToken(), Database, Transactions],
})
export class ShopDatabaseModule extends ShopDatabaseOptionsModule {}
