-- amend: replaces exactly the envelope that its writer has changed, voids the lease of any load in flight and the ticket of
-- any write, tells the bus. Whoever came in between has left another envelope, or none: then nothing is done.
-- KEYS[1] envelope, KEYS[2] lease, KEYS[3] bus, KEYS[4] bus end, KEYS[5] ticket; one {hash tag}, so one slot.
-- ARGV[1] node, ARGV[2] name, ARGV[3] how many bus entries to keep, ARGV[4] the head of the envelope that was changed,
-- ARGV[5] envelope, ARGV[6] lifetime in ms.
-- Returns the bus position, or '' when nothing was done. O(1). A repeat finds its own envelope, and does nothing.
local head = ARGV[4] .. '\n'
if redis.call('GETRANGE', KEYS[1], 0, #head - 1) ~= head then return '' end
redis.call('DEL', KEYS[2], KEYS[5])
redis.call('SET', KEYS[1], ARGV[5], 'PX', ARGV[6])
return append(KEYS[3], KEYS[4], ARGV[3], 'n', ARGV[1], 'k', 'i', 's', ARGV[2], 'v', '0')
