//! The keys of an audience.

use super::super::key::{Form, Key, KeyKind, Object, Required, later, map, now, object, word};

/// A path, the name of a list, or a map.
pub(super) const AUDIENCE: Form = Form::Either(&[Form::Source, Form::Object(&AUDIENCE_MAP)]);

static AUDIENCE_MAP: Object = Object {
    title: "`audience`",
    keys: AUDIENCE_KEYS,
    open: None,
    required: &[Required { key: "from", or: &[] }],
    one_of: &[],
};

static AUDIENCE_KEYS: &[Key] = &[
    now(
        "from",
        Form::Either(FROM),
        "lists/customers.csv",
        "A path, a list of crier.yaml, or several, merged in order.",
    ),
    now(
        "columns",
        Form::Object(&COLUMNS),
        "{ phone: Mobile, first_name: Nome }",
        "Our name first, then the column's.",
    ),
    now(
        "region",
        Form::Region,
        "IT",
        "For numbers in national form. Default: the project's.",
    ),
    later(
        "where",
        Form::OneOrList(&Form::Condition),
        "age >= 18",
        "Who stays.",
    ),
    now("except", Form::OneOrList(&Form::Leaver), "[staff]", "Who goes."),
    later(
        "consent",
        Form::Object(&CONSENT),
        "{ kind: opt_in, source: \"till form 2026\" }",
        "Where the policy asks for it.",
    ),
    later("sample", Form::Word, "5%", "Only so many, by a hash."),
    later("holdout", Form::Word, "5%", "Never texted."),
    later(
        "read",
        Form::OneOf(&[word("at launch"), word("at apply")]),
        "at launch",
        "When the list is read.",
    ),
    now(
        "invalid",
        Form::Object(&INVALID),
        "{ most: 20% }",
        "Past this share of bad rows the plan fails.",
    ),
    later(
        "landlines",
        Form::OneOf(&[word("skip"), word("keep")]),
        "skip",
        "What happens with them.",
    ),
];

static FROM: &[Form] = &[
    Form::Source,
    Form::List(&Form::Either(&[Form::Source, Form::Object(&FROM_MAP)])),
    Form::Object(&FROM_MAP),
];
static FROM_MAP: Object = object(
    "`from`",
    &[
        later("file", Form::Path, "lists/customers.xlsx", "The path."),
        later("sheet", Form::Word, "Soci", "Of a workbook."),
        later("encoding", Form::Word, "windows-1252", "Of a text file."),
        later("separator", Form::Word, "\";\"", "Between cells."),
        later(
            "header_row",
            Form::Positive,
            "1",
            "Where the names of the columns are.",
        ),
    ],
);

/// Our names of columns, to theirs.
pub(super) static COLUMNS: Object = map("`columns`", KeyKind::Word, &Form::Word);

/// Where consent comes from.
pub(super) static CONSENT: Object = object(
    "`consent`",
    &[
        later("kind", Form::Word, "opt_in", "What was agreed to."),
        later("source", Form::Text, "\"till form 2026\"", "Where."),
        later("column", Form::Word, "Consenso", "Which column says it."),
        later("date", Form::Word, "Data", "Which column says when."),
    ],
);

static INVALID: Object = object(
    "`invalid`",
    &[now(
        "most",
        Form::Share,
        "20%",
        "The share of bad rows past which the plan fails.",
    )],
);
