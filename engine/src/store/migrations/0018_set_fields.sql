-- The fields that anybody has a value of: a campaign that uses none of them need not ask for the values of its people.
create table set_field (field text primary key) without rowid;
insert into set_field select distinct field from person_value;
create trigger person_value_field after insert on person_value
begin
  insert into set_field values (new.field) on conflict do nothing;
end;
