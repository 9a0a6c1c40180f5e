"""The two steps of a lock as Lua, each atomic in Redis: come or come again, and leave.

A lock is three keys, whose names share a hash tag. ``holder`` is a string, the ticket that holds; it expires when
nobody renews it. ``queue`` is a sorted set of the tickets that wait, by their numbers. ``alive`` is another, of until
when each of them may be believed to be wanted, by the clock of Redis, so that no other clock matters. A ticket begins
with the name of the queue that drew it, which is also where news for it are published.

Numbers grow: they are microseconds, or one more than the last. A ticket that lost its place because Redis lost its
memory comes again with its old number and so to its old place.
"""

from __future__ import annotations

from typing import Final

_SHARED: Final = """
local holder, queue, alive = KEYS[1], KEYS[2], KEYS[3]
local ticket, news = ARGV[1], ARGV[2]

local function wake_first()
    local first = redis.call('ZRANGE', queue, 0, 0)[1]
    if first and first ~= ticket then
        redis.call('PUBLISH', news .. string.match(first, '^[^:]+'), first)
    end
end
"""

#: ARGV: ticket, channel prefix, life in ms, number or 0, and whether it holds already.
#: Gives number and -1 when it holds, else number and milliseconds after which to come again; nil when it held and holds
#: no longer.
COME: Final = (
    _SHARED
    + """
local life, number, held = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'
local holds = redis.call('GET', holder)
if holds == ticket then
    redis.call('PEXPIRE', holder, life)
    return {ARGV[4], -1}
end
if held then
    return nil
end

local time = redis.call('TIME')
local micro = time[1] * 1000000 + time[2]
local now = math.floor(micro / 1000)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', alive, '-inf', now)) do
    redis.call('ZREM', queue, gone)
    redis.call('ZREM', alive, gone)
end

local known = redis.call('ZSCORE', queue, ticket)
if known then
    number = tonumber(known)
else
    if number == 0 then
        local last = redis.call('ZREVRANGE', queue, 0, 0, 'WITHSCORES')[2]
        number = math.max(micro, last and last + 1 or 0)
    end
    redis.call('ZADD', queue, string.format('%.0f', number), ticket)
end
local said = string.format('%.0f', number)

if not holds and redis.call('ZRANGE', queue, 0, 0)[1] == ticket then
    redis.call('ZREM', queue, ticket)
    redis.call('ZREM', alive, ticket)
    redis.call('SET', holder, ticket, 'PX', life)
    return {said, -1}
end
redis.call('ZADD', alive, string.format('%.0f', now + life), ticket)
for _, key in ipairs({queue, alive}) do
    redis.call('PEXPIRE', key, math.max(life, redis.call('PTTL', key)))
end
if not holds then
    wake_first()
    return {said, life}
end
return {said, redis.call('PTTL', holder)}
"""
)

#: ARGV: ticket, channel prefix.
LEAVE: Final = (
    _SHARED
    + """
if redis.call('GET', holder) == ticket then
    redis.call('DEL', holder)
else
    redis.call('ZREM', queue, ticket)
    redis.call('ZREM', alive, ticket)
end
if redis.call('EXISTS', holder) == 0 then
    wake_first()
end
return 1
"""
)
