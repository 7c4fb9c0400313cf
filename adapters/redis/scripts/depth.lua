-- depth reports what waits and runs in one shard.
--
-- KEYS 1-7: the shard's queue (queue.lua). ARGV 1 time (µs; "" the server's).
-- Result: {jobs that wait, jobs that run, when the longest-due one became due (µs) or ""}. Changes nothing.
local now = clock(ARGV[1])
local oldest = redis.call('ZRANGE', DUE, 0, 0, 'WITHSCORES')[2] or ''
local delayed = redis.call('ZRANGE', DELAYED, 0, 0, 'WITHSCORES')[2]
if delayed and tonumber(delayed) <= now and (oldest == '' or tonumber(delayed) < tonumber(oldest)) then oldest = delayed end
return {redis.call('ZCARD', DUE) + redis.call('ZCARD', DELAYED), redis.call('HLEN', RUNNING), oldest}
