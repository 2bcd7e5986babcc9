-- remove-tag: makes everything that carries a tag, and was loaded before now, a miss or stale; tells the bus.
-- KEYS[1] tag record, KEYS[2] bus, KEYS[3] bus end; one {hash tag}, so one slot.
-- ARGV[1] node, ARGV[2] tag, ARGV[3] how many bus entries to keep, ARGV[4] lifetime of the record in ms,
-- ARGV[5] 't' to remove, 's' to mark stale.
-- Returns the bus position. O(1), however many members. A repeat removes again, which does no harm.
local id = append(KEYS[2], KEYS[3], ARGV[3], 'n', ARGV[1], 'k', ARGV[5], 's', ARGV[2])
-- a record that was lost may have said that the tag was removed before: as of now it was
local record = redis.call('GET', KEYS[1]) or (id .. ' 0-0')
local removed, staled = string.match(record, '^(%S+) (%S+)$')
if ARGV[5] == 't' then removed = id else staled = id end
redis.call('SET', KEYS[1], removed .. ' ' .. staled, 'PX', math.max(tonumber(ARGV[4]), redis.call('PTTL', KEYS[1])))
return id
