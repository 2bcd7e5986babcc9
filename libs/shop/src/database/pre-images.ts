import type { Connection } from 'mongoose';

/** The schema option of a collection of which MongoDB keeps each document as it was before a change, for change streams. */
export const WITH_PRE_IMAGES = { changeStreamPreAndPostImages: { enabled: true } } as const;

const KEPT_SECONDS = 3_600;

/** Has MongoDB keep earlier images of the collections whose schemas say so, those that were made without it included. */
export const keepPreImages = async ({ db, models }: Connection): Promise<void> => {
  if (!db) return;
  const asking = Object.values(models).filter(
    ({ schema }) => schema.get('collectionOptions')?.changeStreamPreAndPostImages?.enabled === true,
  );
  if (asking.length === 0) return;
  const keeping = await db.listCollections({ 'options.changeStreamPreAndPostImages.enabled': true }).toArray();
  for (const { collection } of asking) {
    if (keeping.some(({ name }) => name === collection.name)) continue;
    await db.command({ collMod: collection.name, ...WITH_PRE_IMAGES });
  }
};

/** Has the cluster forget earlier images after an hour, unless somebody has chosen another time. */
export const limitPreImages = async ({ db }: Connection): Promise<void> => {
  const answer = await db?.admin().command({ getClusterParameter: 'changeStreamOptions' });
  const [options] = (answer?.['clusterParameters'] ?? []) as { preAndPostImages?: { expireAfterSeconds?: unknown } }[];
  if (options?.preAndPostImages?.expireAfterSeconds !== 'off') return;
  const preAndPostImages = { expireAfterSeconds: KEPT_SECONDS };
  await db?.admin().command({ setClusterParameter: { changeStreamOptions: { preAndPostImages } } });
};
