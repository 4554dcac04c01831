-- The people of a space in order, and how many they are, for the spaces that are there already (memberships.ts).
update membership set (rank, name_key) =
  (select iif(user.kind = 'guest', 2, 1 - membership.administrator), 
    substr(coalesce(user.folded, lower(user.name) || char(10)), 1, instr(coalesce(user.folded, lower(user.name) || char(10)), char(10)) - 1)
    from user where user.id = membership.user_id);
--> statement-breakpoint
update space set
  (users, guests) = (select coalesce(sum(m.rank < 2), 0), coalesce(sum(m.rank = 2), 0)
    from membership m join user u on u.id = m.user_id where m.space_id = space.id and u.status = 'active'),
  guest_companies = (select json_group_array(company) from (
    select u.company from membership m join user u on u.id = m.user_id
    where m.space_id = space.id and u.status = 'active' and m.rank = 2 and u.company <> ''
    group by u.company order by count(*) desc, u.company limit 8)),
  more_companies = max(0, (select count(distinct u.company) from membership m join user u on u.id = m.user_id
    where m.space_id = space.id and u.status = 'active' and m.rank = 2 and u.company <> '') - 8);
