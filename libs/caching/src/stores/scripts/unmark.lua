-- unmark: says that a write is over; loads that ran beside it may not be kept.
-- KEYS[1] envelope, KEYS[2] lease, KEYS[3] marks; one {hash tag}, so one slot.
-- ARGV[1] writer's token.
-- Returns 1. O(1). A repeat does no harm.
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HDEL', KEYS[3], ARGV[1])
return 1
