-- lease: gives the right to fill one key, unless another holds it or a newer envelope has appeared meanwhile.
-- KEYS[1] envelope, KEYS[2] lease, KEYS[3] marks; one {hash tag}, so one slot.
-- ARGV[1] token, ARGV[2] lease time in ms, ARGV[3] the head of the envelope that the caller saw, or ''.
-- Returns {1} granted, {2, envelope} another envelope is there, {0, ms left} held by another,
-- {3} a write is under way: ask the source, keep nothing.
-- O(1). A repeat with the same token is granted again. Idea: leases, NSDI '13.
local envelope = redis.call('GET', KEYS[1])
if envelope then
  local head = string.match(envelope, '^[^\n]*')
  if head ~= ARGV[3] then return { 2, envelope } end
end
if redis.call('EXISTS', KEYS[3]) == 1 then return { 3 } end
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then
  if string.sub(holder, 1, 1) ~= '!' then redis.call('SET', KEYS[2], '!' .. holder, 'KEEPTTL') end
  if holder ~= '!' .. ARGV[1] then return { 0, redis.call('PTTL', KEYS[2]) } end
end
if not holder then redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2]) end
return { 1 }
