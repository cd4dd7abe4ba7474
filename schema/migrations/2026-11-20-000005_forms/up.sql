-- Forms a site defines, and what people filled in.

create table dynamic_forms (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete cascade,
    name text not null check (length(name) between 1 and 255),
    fields jsonb not null,
    create_ticket boolean not null default true,
    department_id uuid references departments on delete set null,
    category_id uuid references ticket_categories on delete set null,
    default_priority varchar(20) check (default_priority in ('low', 'normal', 'high', 'urgent')),
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index dynamic_forms_site on dynamic_forms (site_id);

create table form_submissions (
    id uuid primary key,
    site_id uuid not null references sites on delete cascade,
    form_id uuid not null references dynamic_forms on delete cascade,
    data jsonb not null,
    -- Files as stored: name, type, size, storage key.
    files jsonb not null default '[]',
    -- Told to the sender before the ticket exists.
    ticket_id uuid unique,
    submitted_at timestamptz not null default now()
);
create index form_submissions_form on form_submissions (form_id, submitted_at desc);

alter table tickets add constraint tickets_form_submission
    foreign key (form_submission_id) references form_submissions on delete set null;
