-- bus: what the scripts that write to a partition's bus share. Each entry names the one before it, so that a reader
-- notices when one is lost; `end` holds the id of the last one, so that its absence says that the bus was lost.
-- A bus that was lost goes on above its last id, so that no id comes twice, whatever the clock does.
local function add(bus, last, keep, ...)
  local before = last and redis.call('EXISTS', bus) == 0 and last
  local ms, sequence = string.match(before or '', '^(%d+)-(%d+)$')
  local at = ms and string.format('%s-%.0f', ms, tonumber(sequence) + 1) or '*'
  return redis.call('XADD', bus, 'MAXLEN', '~', keep, at, ...)
end

local function bus_end(bus, last, keep)
  local id = redis.call('GET', last)
  if not id then
    redis.call('DEL', last) -- a first write that a full Redis does not refuse: it then takes the others
    id = add(bus, nil, keep, 'n', '', 'k', 'e', 's', '', 'b', '')
    redis.call('SET', last, id)
  end
  return id
end

local function append(bus, last, keep, ...)
  local before = bus_end(bus, last, keep)
  redis.call('DEL', last)
  local id = add(bus, before, keep, 'b', before, ...)
  redis.call('SET', last, id)
  return id
end

