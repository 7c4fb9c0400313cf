-- commit is one step of the engine: guards, and writes that are made if all of them hold.
--
-- KEYS 1-7: the queue of the slot (queue.lua), of which 1 is its sequence; then what the operations name by its place in
--      KEYS.
-- ARGV 1 time (µs; "" the server's); then operations: name, number of arguments, arguments.
--   guards:  is K F V       field F of hash K is V; V "" means that there is none
--            unseen K M     M is not in the sorted set K
--            held J T       job J runs under the token T
--            free K M       M has no rank in the sorted set K, or one that is a time in the past
--   writes:  put K F V      sets a field to a value of a known format; a stored value of a newer one fails the step
--            set K F V      sets a field
--            later K F V    sets a field unless it holds what sorts later
--            del K F        removes a field
--            see K M [U]    ranks M by the time, and U µs, in the sorted set K
--            rank K S M     ranks M by S
--            unrank K M     removes M
--            cut K A B      removes what ranks from A to B: numbered values, as put stores them
--            give K V       appends V, with the next number of the sequence, to the sorted set K
--            fade I B H M F removes member M of the sorted set I and field F of hash H, if M ranks below B
--            dust I K M     removes member M (a time and a letter) of the index I, and the dead letter
--            raise V        brings the sequence to V at least
--            bury K I F V   puts the dead letter F with its value V, and keeps its place in the index I
--            when K F       what follows is done only if hash K has field F
--            ask J D U T... asks for a run of job J in D µs, urgent or not, with tags
--            add J D U B N T... puts job J as it stood elsewhere, unless it is known
--            end J O A T    ends the run of J with outcome O after A µs; T 1: its tags were told
-- Result: 0, or the place of the guard that does not hold; {err = 'NEWER'} where a newer version wrote.
-- Before: any. After: all of it was done, or nothing but that the sequence moved on. It moves in any case, so that whoever
-- waits for the replicas afterwards waits for all that this connection was told, and for what was there before it.
local now = clock(ARGV[1])

-- each calls fn with every operation, its place, and the places of its first and last argument.
local function each(fn)
  local i, place = 2, 0
  while i <= #ARGV do
    local n = tonumber(ARGV[i + 1])
    place = place + 1
    local stop = fn(ARGV[i], place, i + 2, i + 1 + n)
    if stop then return stop end
    i = i + 2 + n
  end
end

local function key(i) return KEYS[tonumber(ARGV[i])] end

local function newer(raw) return raw and string.byte(raw, 1) > FORMAT end

local guards = {
  is = function(a) return (redis.call('HGET', key(a), ARGV[a + 1]) or '') == ARGV[a + 2] end,
  unseen = function(a) return not redis.call('ZSCORE', key(a), ARGV[a + 1]) end,
  free = function(a)
    local score = redis.call('ZSCORE', key(a), ARGV[a + 1])
    return not score or tonumber(score) <= now
  end,
  held = function(a) return redis.call('HGET', RUNNING, ARGV[a]) == ARGV[a + 1] end,
}

-- known reports whether a value may be replaced by this version.
local known = {
  put = function(a) return not newer(redis.call('HGET', key(a), ARGV[a + 1])) end,
  bury = function(a) return not newer(redis.call('HGET', key(a), ARGV[a + 2])) end,
  cut = function(a)
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', key(a), ARGV[a + 1], ARGV[a + 2])) do
      if newer(string.match(member, ':(.*)')) then return false end
    end
    return true
  end,
  ask = function(a) return not newer(redis.call('HGET', JOBS, ARGV[a])) end,
  ['end'] = function(a) return not newer(redis.call('HGET', JOBS, ARGV[a])) end,
}

local function tags(from, to)
  local list, given = {}, {}
  for i = from, to do given[#given + 1] = ARGV[i] end
  merge(list, given)
  return list
end

local writes = {
  put = function(a) redis.call('HSET', key(a), ARGV[a + 1], ARGV[a + 2]) end,
  set = function(a) redis.call('HSET', key(a), ARGV[a + 1], ARGV[a + 2]) end,
  later = function(a)
    local old = redis.call('HGET', key(a), ARGV[a + 1])
    if not old or old < ARGV[a + 2] then redis.call('HSET', key(a), ARGV[a + 1], ARGV[a + 2]) end
  end,
  del = function(a) redis.call('HDEL', key(a), ARGV[a + 1]) end,
  see = function(a, z)
    local later = z > a + 1 and tonumber(ARGV[a + 2]) or 0
    redis.call('ZADD', key(a), micros(now + later), ARGV[a + 1])
  end,
  rank = function(a) redis.call('ZADD', key(a), ARGV[a + 1], ARGV[a + 2]) end,
  unrank = function(a) redis.call('ZREM', key(a), ARGV[a + 1]) end,
  cut = function(a) redis.call('ZREMRANGEBYSCORE', key(a), ARGV[a + 1], ARGV[a + 2]) end,
  give = function(a)
    local seq = micros(redis.call('INCR', SEQ))
    redis.call('ZADD', key(a), seq, seq .. ':' .. ARGV[a + 1])
  end,
  fade = function(a)
    local score = redis.call('ZSCORE', key(a), ARGV[a + 3])
    if score and tonumber(score) < tonumber(ARGV[a + 1]) then
      redis.call('ZREM', key(a), ARGV[a + 3])
      redis.call('HDEL', key(a + 2), ARGV[a + 4])
    end
  end,
  dust = function(a)
    if redis.call('ZREM', key(a), ARGV[a + 2]) == 1 then redis.call('HDEL', key(a + 1), string.sub(ARGV[a + 2], 31)) end
  end,
  raise = function(a)
    local seq = tonumber(redis.call('GET', SEQ) or '0')
    if seq < tonumber(ARGV[a]) then redis.call('SET', SEQ, ARGV[a]) end
  end,
  bury = function(a)
    local letters, index, id = key(a), key(a + 1), ARGV[a + 2]
    local old = redis.call('HGET', letters, id)
    if old then redis.call('ZREM', index, string.sub(old, 2, 31) .. id) end
    redis.call('HSET', letters, id, ARGV[a + 3])
    redis.call('ZADD', index, 0, string.sub(ARGV[a + 3], 2, 31) .. id)
  end,
  ask = function(a, z) ask(ARGV[a], now + tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2]), tags(a + 3, z), now) end,
  add = function(a, z)
    if redis.call('HEXISTS', JOBS, ARGV[a]) == 1 then return end
    enter(ARGV[a], {d = ARGV[a + 1], u = tonumber(ARGV[a + 2]), b = tonumber(ARGV[a + 3]), n = tonumber(ARGV[a + 4]), e = '',
      t = tags(a + 5, z)}, now)
  end,
  ['end'] = function(a) finish(ARGV[a], ARGV[a + 1], tonumber(ARGV[a + 2]), ARGV[a + 3] == '1', now) end,
}

redis.call('INCR', SEQ)
local failed = each(function(op, place, a)
  if guards[op] and not guards[op](a) then return place end
  if known[op] and not known[op](a) then return {err = 'NEWER a stored value'} end
end)
if failed then return failed end
promote(now)
local skip = false
each(function(op, _, a, z)
  if op == 'when' then
    skip = redis.call('HEXISTS', key(a), ARGV[a + 1]) == 0
  elseif writes[op] and not skip then
    writes[op](a, z)
  end
end)
return 0
