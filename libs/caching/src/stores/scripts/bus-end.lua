-- bus-end: where a partition's bus ends, begun when there is none.
-- KEYS[1] bus, KEYS[2] bus end; one {hash tag}, so one slot. ARGV[1] how many bus entries to keep.
-- Returns the position of the last entry. O(1); a repeat does no harm.
return bus_end(KEYS[1], KEYS[2], ARGV[1])
