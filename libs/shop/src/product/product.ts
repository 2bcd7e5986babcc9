import { z } from 'zod';
import { CategoryName, CategorySlug, slugOf } from '../category/category.js';
import { Availability, MAX_ON_HAND } from '../inventory/stock.js';
import { Price } from '../pricing/price.js';
import { lineOfText, textOfLines } from '../text.js';
import { Attributes } from './attributes.js';
import { ProductId } from './product.id.js';

const MAX_CATEGORIES = 20;

const Thumbnail = lineOfText(1, 2_048).regex(
  /^(?:https?:\/\/|\/(?!\/))\S+$/i,
  'expected an http(s) address or a path from /',
);

/** A product as it is cached: everything but its stock, which has a life of its own. `categories` holds `category` first. */
export const Product = z.strictObject({
  id: ProductId,
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  category: CategorySlug,
  categories: z.array(CategorySlug),
  price: Price,
  thumbnail: z.string().nullable(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  version: z.int().min(1),
  updatedAt: z.iso.datetime(),
});
export type Product = z.infer<typeof Product>;

/** The product resource: a product with its stock. */
export const ProductDetails = Product.extend({ stock: Availability });
export type ProductDetails = z.infer<typeof ProductDetails>;

/** The product resource as staff see it: the truth from MongoDB, with how often it was viewed. */
export const ProductTruth = ProductDetails.extend({ views: z.int().min(0) });
export type ProductTruth = z.infer<typeof ProductTruth>;

/** The body that makes a product. Categories are given by name or by slug; `stock` is what is on hand. */
export const ProductDraft = z.strictObject({
  id: ProductId.optional(),
  sku: lineOfText(1, 64),
  name: lineOfText(1, 300),
  category: CategoryName,
  price: Price,
  description: textOfLines(10_000).default(''),
  categories: z.array(CategoryName).max(MAX_CATEGORIES).default([]),
  thumbnail: Thumbnail.nullable().default(null),
  attributes: Attributes.default({}),
  stock: z.int().min(0).max(MAX_ON_HAND).default(0),
});
export type ProductDraft = z.infer<typeof ProductDraft>;

/**
 * The body that changes a product: each field given replaces the whole of the old one. A new `category` takes the place of
 * the old primary one; new `categories` are those beside the primary one.
 */
export const ProductPatch = z.strictObject({
  sku: ProductDraft.shape.sku.optional(),
  name: ProductDraft.shape.name.optional(),
  category: CategoryName.optional(),
  price: Price.optional(),
  description: textOfLines(10_000).optional(),
  categories: z.array(CategoryName).max(MAX_CATEGORIES).optional(),
  thumbnail: Thumbnail.nullable().optional(),
  attributes: Attributes.optional(),
});
export type ProductPatch = z.infer<typeof ProductPatch>;

/** A product of an imported catalogue. `stock` is set where it is given, and 0 for a new product without it. */
export const ImportedProduct = ProductDraft.extend({
  id: ProductId,
  stock: z.int().min(0).max(MAX_ON_HAND).optional(),
});
export type ImportedProduct = z.infer<typeof ImportedProduct>;

/** The slugs of these names in their order, each once. */
export const slugsOf = (names: readonly string[]): string[] => [...new Set(names.map(slugOf))];
