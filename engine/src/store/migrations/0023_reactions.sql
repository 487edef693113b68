-- Of a reaction the message that it quotes, where that is known.
alter table reply add column reaction_to integer;
