-- unlock: frees a lock that its holder still has.
-- KEYS[1] lock. ARGV[1] holder. Returns 1 freed, 0 not the holder's. O(1); a repeat answers 0.
local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^(%S+) ') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
