-- ticket: says that a write of this value begins, so that its outcome may be kept unless something is said meanwhile.
-- KEYS[1] ticket. ARGV[1] token, ARGV[2] lifetime in ms.
-- Returns 1. O(1). A later ticket takes the place of an earlier one; a repeat does no harm.
redis.call('SET', KEYS[1], ARGV[1] .. ' 0', 'PX', ARGV[2])
return 1
