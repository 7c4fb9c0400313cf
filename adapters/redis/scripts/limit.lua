-- limit takes one call out of a rate bucket, or closes it (GCRA: a bucket is the time at which it would be full again).
--
-- KEYS 1: the bucket, a hash: full, the time when it is full again; closed, until when it is closed; 0-7, when the claim of
--         each priority ends. A field that is missing is a time in the past.
-- ARGV 1 time (µs; "" the server's), 2 "allow" or "close";
--      allow: 3 µs for one call, 4 burst, 5 priority, 6 how many priorities there are, 7 µs that a claim outlasts its wait;
--      close: 3 for how many µs.
-- Result: allow: 0, and one call is taken and the claim of its priority is gone; or the µs until there may be one, and
--         nothing is taken, and the claim stands until that is over and a while longer. close: 0.
-- Before: any. After: the bucket is forgotten once a new one would behave the same.
local now = clock(ARGV[1])
local function at(field) return tonumber(redis.call('HGET', KEYS[1], field) or '0') end

-- keep lets the bucket live until a time, and some minutes for clocks that differ.
local function keep(untilTime)
  local left = math.ceil((untilTime - now) / 1000) + 600000
  if redis.call('PTTL', KEYS[1]) < left then redis.call('PEXPIRE', KEYS[1], left) end
end

if ARGV[2] == 'close' then
  local closed = now + tonumber(ARGV[3])
  if closed > at('closed') then
    redis.call('HSET', KEYS[1], 'closed', micros(closed))
    keep(closed)
  end
  return 0
end

local interval, burst, priority = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local full = math.max(at('full'), now) + interval
local wait = math.max(full - burst * interval - now, at('closed') - now, 0)
for p = priority + 1, tonumber(ARGV[6]) - 1 do
  if at(p) > now then wait = wait + interval end
end
wait = math.ceil(wait)
if wait == 0 then
  redis.call('HSET', KEYS[1], 'full', string.format('%.3f', full))
  redis.call('HDEL', KEYS[1], ARGV[5])
  keep(full)
  return 0
end
local claim = now + wait + tonumber(ARGV[7])
redis.call('HSET', KEYS[1], ARGV[5], micros(claim))
keep(math.max(claim, at('full')))
return wait
