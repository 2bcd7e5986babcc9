-- mark: says that a write of this value is under way. Until it is cleared nothing is kept under the name, so every
-- reader asks the source.
-- KEYS[1] envelope, KEYS[2] lease, KEYS[3] marks; one {hash tag}, so one slot.
-- ARGV[1] writer's token, ARGV[2] how long the mark outlives a writer that dies, in ms.
-- Returns 1. O(1). A repeat marks once.
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[3], ARGV[1], 1)
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return 1
