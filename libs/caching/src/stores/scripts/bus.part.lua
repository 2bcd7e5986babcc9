-- bus: what the scripts that write to a partition's bus share. Each entry names the one before it, so that a reader
-- notices when one is lost; `end` holds the id of the last one, so that its absence says that the bus was lost.
local function bus_end(bus, last, keep)
  local id = redis.call('GET', last)
  if not id then
    id = redis.call('XADD', bus, 'MAXLEN', '~', keep, '*', 'n', '', 'k', 'e', 's', '', 'b', '')
    redis.call('SET', last, id)
  end
  return id
end

local function append(bus, last, keep, ...)
  local before = bus_end(bus, last, keep)
  local id = redis.call('XADD', bus, 'MAXLEN', '~', keep, '*', 'b', before, ...)
  redis.call('SET', last, id)
  return id
end

