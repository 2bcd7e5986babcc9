// Exit 0 when the API in this container answers that it lives; anything else is exit 1.
const url = `http://127.0.0.1:${process.env.PORT ?? 3000}/health/live`;

try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
} catch (error) {
  console.error(`${url}: ${error.message}`);
  process.exitCode = 1;
}
