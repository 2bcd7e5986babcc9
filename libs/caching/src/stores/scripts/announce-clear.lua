-- announce-clear: tells the bus that every value of a region was dropped.
-- KEYS[1] bus, KEYS[2] bus end; one {hash tag}, so one slot.
-- ARGV[1] node, ARGV[2] prefix of the region's names, ARGV[3] how many bus entries to keep.
-- Returns the bus position. O(1); a repeat does no harm.
return append(KEYS[1], KEYS[2], ARGV[3], 'n', ARGV[1], 'k', 'c', 's', ARGV[2])
