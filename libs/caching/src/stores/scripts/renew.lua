-- renew: prolongs a lease for as long as its holder still has it.
-- KEYS[1] lease. ARGV[1] token, ARGV[2] lease time in ms.
-- Returns 1 prolonged, 0 lost. O(1); a repeat does no harm.
local holder = redis.call('GET', KEYS[1])
if holder ~= ARGV[1] and holder ~= '!' .. ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
