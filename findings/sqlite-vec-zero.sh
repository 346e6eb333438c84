#!/usr/bin/env bash
# npm sqlite-vec 0.1.9 (the SQLite extension vec0, here in Debian's sqlite3): with distance_metric=cosine a stored vector of zeros, such as some
# engines give for an empty text, has the distance NULL, and where it is the first row of a chunk (1,024 rows by default; every value of a
# partition key begins one of its own) the search takes NULL for the best: k = 1 gives that row for every query, and the true neighbour is lost.
# On other places it does no harm, so a test with the zeros in the middle passes. vec_normalize of zeros gives NULLs, which do the same.
# L2 ranks zeros rightly. For whoever keeps embeddings in SQLite: refuse vectors of length 0 before the insert, or add `and distance <= 2` to the
# search. Besides, vec_to_json writes six decimals, so that a dump and a reload make 0.0000004 zero.
# Seen (rows 1: 0 0, 2: -1 0, 3: 0 1, 4: 1 0; query 1 0):
#   L2, k = 1: 4 at 0.0
#   cosine, k = 1: 1 at NULL
#   cosine, k = 1, distance <= 2: 4 at 0.0
#   cosine, k = 2: 1 at NULL, 4 at 0.0
#   first of its partition, k = 1: 1 at NULL
#   the same row inserted last, k = 2: 4 at 0.0, 3 at 1.0
#   vec_to_json of 0.0000004 and 0.0123456789: [0.000000,0.012346]
# Fails if that changes. Needs sqlite3, node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" sqlite-vec@0.1.9 >/dev/null
cat >probe.sql <<'SQL'
create virtual table cosine using vec0(id integer primary key, v float[2] distance_metric=cosine);
create virtual table last using vec0(id integer primary key, v float[2] distance_metric=cosine);
create virtual table parts using vec0(id integer primary key, v float[2] distance_metric=cosine, part text partition key);
create virtual table l2 using vec0(id integer primary key, v float[2]);
insert into cosine values (1, '[0,0]'), (2, '[-1,0]'), (3, '[0,1]'), (4, '[1,0]');
insert into last select id, v from cosine where id > 1;
insert into last select id, v from cosine where id = 1;
insert into l2 select id, v from cosine;
insert into parts select id + 10, v, 'a' from cosine where id > 1;
insert into parts select id, v, 'b' from cosine;
create temp view one as select 'cosine, k = 1' as name, id, distance from cosine where v match '[1,0]' and k = 1
  union all select 'cosine, k = 2', id, distance from cosine where v match '[1,0]' and k = 2
  union all select 'cosine, k = 1, distance <= 2', id, distance from cosine where v match '[1,0]' and k = 1 and distance <= 2
  union all select 'L2, k = 1', id, distance from l2 where v match '[1,0]' and k = 1
  union all select 'the same row inserted last, k = 2', id, distance from last where v match '[1,0]' and k = 2
  union all select 'first of its partition, k = 1', id, distance from parts where v match '[1,0]' and k = 1 and part = 'b';
select name || ': ' || group_concat(id || ' at ' || ifnull(distance, 'NULL'), ', ') from one group by name;
select 'vec_to_json of 0.0000004 and 0.0123456789: ' || vec_to_json('[0.0000004,0.0123456789]');
SQL
library=$(find node_modules -name vec0.so)
sqlite3 :memory: ".load $PWD/${library%.so}" ".read probe.sql" >seen
cat seen
diff - seen <<'OUT'
L2, k = 1: 4 at 0.0
cosine, k = 1: 1 at NULL
cosine, k = 1, distance <= 2: 4 at 0.0
cosine, k = 2: 1 at NULL, 4 at 0.0
first of its partition, k = 1: 1 at NULL
the same row inserted last, k = 2: 4 at 0.0, 3 at 1.0
vec_to_json of 0.0000004 and 0.0123456789: [0.000000,0.012346]
OUT
echo "as stated"
