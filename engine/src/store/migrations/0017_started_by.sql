-- What the steps of a launch started.
create index happening_by on happening (launch_id, name) where kind = 2;
