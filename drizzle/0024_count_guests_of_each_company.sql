-- The companies of a space's guests get their numbers.
UPDATE `space` SET `guest_companies` = (
  SELECT json_group_array(json_object('name', company, 'count', n)) FROM (
    SELECT u.company, count(*) AS n FROM `membership` m JOIN `user` u ON u.id = m.user_id
    WHERE m.space_id = `space`.id AND m.rank = 2 AND u.status = 'active' AND u.company <> ''
    GROUP BY u.company ORDER BY n DESC, u.company LIMIT 8));
