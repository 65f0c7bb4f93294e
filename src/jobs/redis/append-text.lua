-- Appends to an open text. Appending the same part again changes nothing.
--
-- KEYS 1 record (hash)  2 source (string)  3 text (string of UTF-16LE)  4 events (stream)  5 index (string)
--      6 tail (hash)  7 open texts (sorted set)  8 analyses that wait for a worker (sorted set)
-- ARGV 1 id  2 now  3 time to live  4 length of the text before the part  5 part  6 most code units
-- Returns why it was refused, or OK; and the record.
local record, text, id = KEYS[1], KEYS[3], ARGV[1]
local at, part = tonumber(ARGV[4]), ARGV[5]
local known = redis.call('HMGET', record, 'state', 'open', 'length', 'grows', 'openTexts')
if not known[1] then return { 'NOT_FOUND', {} } end
local function answer(outcome) return { outcome, redis.call('HGETALL', record) } end
--- The high byte of the code unit at a position.
local function high(bytes, unit) return string.byte(bytes, 2 * unit + 2) or 0 end

if known[4] ~= '1' then return answer('CLOSED') end
local length, given = tonumber(known[3]), #part / 2
local there = math.max(0, math.min(given, length - at))
local fits = at <= length
if fits and there > 0 then
  fits = redis.call('GETRANGE', text, 2 * at, 2 * (at + there) - 1) == string.sub(part, 1, 2 * there)
end
if fits and there == given then return answer('OK') end
if known[2] ~= '1' then return answer('CLOSED') end
if not fits then return answer('MISFIT') end
local rest = string.sub(part, 2 * there + 1)
if length + #rest / 2 > tonumber(ARGV[6]) then return answer('TOO_LONG') end
local before = length > 0 and high(redis.call('GETRANGE', text, 2 * length - 2, 2 * length - 1), 0) or 0
local after = high(rest, 0)
if (before >= 0xD8 and before < 0xDC) ~= (after >= 0xDC and after < 0xE0) then return answer('HALF') end
redis.call('APPEND', text, rest)
redis.call('HINCRBY', record, 'length', #rest / 2)
if known[1] == 'OPEN' then
  redis.call('HSET', record, 'state', 'QUEUED')
  redis.call('ZADD', KEYS[8], ARGV[2], id)
end
redis.call('ZADD', KEYS[7], ARGV[2], id)
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[3]) end
redis.call('PEXPIRE', known[5], ARGV[3])
return answer('OK')
