-- Closes an open text; does nothing if it is closed.
--
-- KEYS 1 record (hash)  2 source (string)  3 text (string of UTF-16LE)  4 events (stream)  5 index (string)
--      6 tail (hash)  7 open texts (sorted set)  8 analyses that wait for a worker (sorted set)
-- ARGV 1 id  2 only if nothing was appended since then, or empty  3 message of an analysis that is closed so  4 now
--      5 time to live
-- Returns why it was refused, or OK, or BUSY if something was appended since; and the record.
local record, text, id, since = KEYS[1], KEYS[3], ARGV[1], ARGV[2]
local known = redis.call('HMGET', record, 'state', 'open', 'length', 'openTexts')
if not known[1] then
  redis.call('ZREM', KEYS[7], id)
  return { 'NOT_FOUND', {} }
end
local function answer(outcome) return { outcome, redis.call('HGETALL', record) } end
if known[2] ~= '1' then
  redis.call('ZREM', KEYS[7], id)
  return answer('OK')
end
local appended = tonumber(redis.call('ZSCORE', KEYS[7], id) or '0')
if since ~= '' and appended > tonumber(since) then return answer('BUSY') end
local length = tonumber(known[3])
local last = length > 0 and string.byte(redis.call('GETRANGE', text, 2 * length - 1, 2 * length - 1)) or 0
if last >= 0xD8 and last < 0xDC then
  if since == '' then return answer('HALF') end
  -- Half a character is no text, and its other half does not come any more.
  local ttl = redis.call('PTTL', text)
  redis.call('SET', text, length > 1 and redis.call('GETRANGE', text, 0, 2 * length - 3) or '', 'PX', ttl)
  redis.call('HINCRBY', record, 'length', -1)
end
redis.call('HSET', record, 'open', 0)
if known[1] == 'OPEN' then
  redis.call('HSET', record, 'state', 'QUEUED')
  redis.call('ZADD', KEYS[8], ARGV[4], id)
  redis.call('PEXPIRE', KEYS[8], ARGV[5])
end
if since ~= '' then redis.call('HSET', record, 'message', ARGV[3]) end
redis.call('SREM', known[4], id)
redis.call('ZREM', KEYS[7], id)
return answer('OK')
