-- Tells all claims that are held, the soonest to run out first.
--
-- Answers a flat list: claim id, JSON [call id, agent id], time of its end; and so on.
local answer = {}
local held = redis.call('ZRANGE', ends, 0, -1, 'WITHSCORES')
for i = 1, #held, 2 do
  answer[#answer + 1] = held[i]
  answer[#answer + 1] = redis.call('HGET', claims, held[i])
  answer[#answer + 1] = held[i + 1]
end
return answer
