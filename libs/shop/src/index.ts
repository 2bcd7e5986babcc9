export { ShopError } from './shop.error.js';
export { SHOP_REGIONS } from './shop.regions.js';
export { CatalogModule } from './catalog.module.js';

export { Database, type DatabaseState } from './database/database.js';
export { DatabaseUnavailableError, isDatabaseAway, StandaloneServerError } from './database/database.errors.js';
export { ShopDatabaseModule } from './database/database.module.js';
export type { ShopDatabaseOptions } from './database/database.options.js';
export { Transactions } from './database/transactions.js';

export { Attributes } from './product/attributes.js';
export { ProductEdit, ProductEdits, type ProductEditReport } from './product/product.edit.js';
export { ProductEditService } from './product/product-edit.service.js';
export { ProductSink } from './product/product.sink.js';
export { ProductId } from './product/product.id.js';
export {
  ImportedProduct,
  Product,
  ProductDetails,
  ProductDraft,
  ProductPatch,
  ProductTruth,
} from './product/product.js';
export { PRODUCT, type ProductDocument } from './product/product.document.js';
export {
  ProductExistsError,
  ProductNotFoundError,
  SkuTakenError,
  VersionMismatchError,
} from './product/product.errors.js';
export { productById, relatedTo } from './product/product.regions.js';
export { ProductRepository } from './product/product.repository.js';
export { ProductService } from './product/product.service.js';
export { RelatedService } from './product/related.service.js';
export type { RejectedProduct } from './product/upsert.plan.js';
export { UpsertRepository, type UpsertReport } from './product/upsert.repository.js';

export { Category, CategoryName, CategorySlug, categoryTag, slugOf } from './category/category.js';
export { CategoryNotFoundError, CursorInvalidError } from './category/category.errors.js';
export { CategoryPageQuery, LAST_NUMBERED_PAGE, ProductPage } from './category/category-page.js';
export { CATEGORY_INDEX_KEY, productsOfCategory } from './category/category.regions.js';
export { CategoryRepository, type RecountReport } from './category/category.repository.js';
export { CategoryService } from './category/category.service.js';
export { ProductSort } from './category/product-sort.js';

export { StockBelowReservedError, StockLimitError } from './inventory/inventory.errors.js';
export { stockOfProduct } from './inventory/inventory.regions.js';
export { InventoryRepository } from './inventory/inventory.repository.js';
export { InventoryService } from './inventory/inventory.service.js';
export { Availability, Stock, StockAdjustment, StockCount } from './inventory/stock.js';

export { OutboxRepository } from './pricing/outbox.repository.js';
export {
  Price,
  PriceUpdate,
  PriceUpdates,
  type PriceEvent,
  type PriceUpdateFailure,
  type PriceUpdateReport,
} from './pricing/price.js';
export { PricingService } from './pricing/pricing.service.js';

export { AccountModule } from './session/account.module.js';
export { Passwords } from './session/passwords.js';
export { grantsOf, isGranted, Role, type Permission } from './session/roles.js';
export { SESSION, SessionSchema, type SessionDocument } from './session/session.document.js';
export {
  EmailTakenError,
  InvalidCredentialsError,
  PreferencesLimitError,
  SessionNotFoundError,
  TooBusyError,
  UserNotFoundError,
} from './session/session.errors.js';
export { Preferences, PreferencesPatch } from './session/preferences.js';
export { PreferencesService } from './session/preferences.service.js';
export { permissionsOfUser, preferencesOfUser, sessionById, sessionsOfUserTag } from './session/session.regions.js';
export { SessionRepository } from './session/session.repository.js';
export { SessionSink } from './session/session.sink.js';
export { SessionService } from './session/session.service.js';
export {
  isLiveAt,
  newRefreshToken,
  newSessionId,
  refreshDigest,
  Session,
  sessionEndMs,
  SessionId,
} from './session/session.js';
export { USER, UserSchema, type UserDocument } from './session/user.document.js';
export { UserRepository } from './session/user.repository.js';
export { UserService } from './session/user.service.js';
export { Credentials, Permissions, Registration, RoleChange, User } from './session/user.js';

export { ChangeWatcher } from './watch/change.watcher.js';
export type { Untruths } from './watch/untruths.js';
export { WatchModule } from './watch/watch.module.js';

export { type Answer } from './idempotency/idempotency.document.js';
export { IdempotencyInFlightError, IdempotencyKeyReusedError } from './idempotency/idempotency.errors.js';
export { writeKeyOf, type RepeatableRequest } from './idempotency/idempotency.key.js';
export { IdempotencyModule } from './idempotency/idempotency.module.js';
export { Idempotency } from './idempotency/idempotency.service.js';
export { LoggedIdempotency } from './idempotency/logged.idempotency.js';
