drop table password_resets;
drop table refresh_tokens;
drop table sessions;
drop table permissions;
