-- invalidate: drops envelopes of one partition, voids for each the lease of any load in flight and the ticket of any write,
-- and tells the bus.
-- KEYS[1] bus, KEYS[2] bus end, then three a name: envelope, lease, ticket; one {hash tag}, so one slot.
-- ARGV[1] node, ARGV[2] how many bus entries to keep, then two a name: the name itself, and a version: only an envelope of
-- a lower one is dropped; 0 drops any.
-- Returns the bus position of the last invalidation. O(names). A repeat invalidates again, which does no harm.
local id
for at = 1, (#KEYS - 2) / 3 do
  local envelope_key, lease_key, ticket_key = KEYS[3 * at], KEYS[3 * at + 1], KEYS[3 * at + 2]
  local name, version_limit = ARGV[2 * at + 1], ARGV[2 * at + 2]
  local limit = tonumber(version_limit)
  local envelope = limit > 0 and redis.call('GETRANGE', envelope_key, 0, 32)
  local version = envelope and tonumber(string.match(envelope, '^L2 (%d+) '))
  if not version or version == 0 or version < limit then redis.call('DEL', envelope_key) end
  redis.call('DEL', lease_key)
  local ticket, below = string.match(limit > 0 and redis.call('GET', ticket_key) or '', '^(%S+) (%d+)$')
  if not ticket then
    redis.call('DEL', ticket_key)
  elseif tonumber(below) < limit then
    redis.call('SET', ticket_key, ticket .. ' ' .. version_limit, 'KEEPTTL')
  end
  id = append(KEYS[1], KEYS[2], ARGV[2], 'n', ARGV[1], 'k', 'i', 's', name, 'v', version_limit)
end
return id
