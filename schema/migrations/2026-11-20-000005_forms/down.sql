alter table tickets drop constraint tickets_form_submission;
drop table form_submissions, dynamic_forms cascade;
