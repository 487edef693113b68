-- A step that starts a campaign: of which launch it is. What starts a campaign is found by its name.
alter table happening add column launch_id integer;          -- of kind 2 alone
create index happening_started on happening (name, id) where kind = 2;
