-- The steps of the launch whose texts answer a reply, as `,4,9,`: they count for no cap of frequency.
alter table launch add column answers text not null default '';
