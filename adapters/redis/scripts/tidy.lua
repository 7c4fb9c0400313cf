-- tidy forgets consumers that are gone. A consumer with pending entries is kept: deleting it would lose them for good.
--
-- KEYS 1-7: the shard's queue (queue.lua).
-- ARGV 1 consumer to forget now, or ""; 2 how long any other one must have been idle, in ms.
-- Result: how many were forgotten.
local gone = 0
for _, stream in ipairs({READY, URGENT}) do
  local list = redis.pcall('XINFO', 'CONSUMERS', stream, WORKERS)
  for _, c in ipairs(list.err and {} or list) do
    local known = {}
    for i = 1, #c, 2 do known[c[i]] = c[i + 1] end
    local ours = known.name == ARGV[1]
    if known.pending == 0 and (ours or known.idle > tonumber(ARGV[2])) then
      redis.call('XGROUP', 'DELCONSUMER', stream, WORKERS, known.name)
      gone = gone + 1
    end
  end
end
return gone
