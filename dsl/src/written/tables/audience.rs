//! The keys of an audience.

use super::super::key::{Form, Key, KeyKind, Object, Required, later, map, now, object, word};

/// A path, the name of a list, or a map.
pub(super) const AUDIENCE: Form = Form::Either(&[Form::Source, Form::Object(&AUDIENCE_MAP)]);

static AUDIENCE_MAP: Object = Object {
    required: &[Required { key: "from", or: &[] }],
    ..object("`audience`", AUDIENCE_KEYS)
};

static AUDIENCE_KEYS: &[Key] = &[
    now(
        "from",
        Form::Either(FROM),
        "lists/customers.csv",
        "Where the people come from: a path, a list of crier.yaml, or several, merged in order.",
    ),
    now(
        "columns",
        Form::Object(&COLUMNS),
        "{ phone: Mobile, first_name: Nome }",
        "What the columns are called: our name first, then the file's. Default: the phone column is found by its usual \
         names, and every other column has its own name.",
    ),
    now(
        "region",
        Form::Region,
        "IT",
        "The country whose numbers are written without their country code. Default: the project's.",
    ),
    now(
        "where",
        Form::OneOrList(&Form::Condition),
        "age >= 18",
        "Who stays: of several conditions all must hold. Default: everybody.",
    ),
    now(
        "except",
        Form::OneOrList(&Form::Leaver),
        "[staff]",
        "Who goes: paths, lists, or conditions such as `tagged(\"staff\")`. Default: nobody.",
    ),
    now(
        "consent",
        Form::Object(&CONSENT),
        "{ kind: opt_in, source: \"till form 2026\" }",
        "What these people agreed to and where, which the policy may ask for. Default: the list's.",
    ),
    now(
        "sample",
        Form::Sample,
        "5%",
        "Only so many people, or such a share, chosen by a hash: the same ones every time. Default: all.",
    ),
    now(
        "holdout",
        Form::Sample,
        "5%",
        "So many people, or such a share, are never texted, to compare with: the same ones every time. Default: nobody.",
    ),
    later(
        "read",
        Form::OneOf(&[word("at launch"), word("at apply")]),
        "at launch",
        "When the list is read; `at apply` freezes it then. Default: `at launch`.",
    ),
    now(
        "invalid",
        Form::Object(&INVALID),
        "{ most: 20% }",
        "How many bad rows a list may have before it is refused. Default: `{ most: 20% }`.",
    ),
    now(
        "landlines",
        Form::OneOf(&[word("skip"), word("keep")]),
        "keep",
        "Whether landlines, toll-free and other special numbers are texted. Default: `skip`.",
    ),
];

const FROM: &[Form] = &[
    Form::Source,
    Form::List(&Form::Either(&[Form::Source, Form::Object(&FROM_MAP)])),
    Form::Object(&FROM_MAP),
];
static FROM_MAP: Object = Object {
    required: &[Required { key: "file", or: &[] }],
    ..object("`from`", FROM_KEYS)
};
static FROM_KEYS: &[Key] = &[
    later(
        "file",
        Form::Path,
        "lists/customers.xlsx",
        "The path of a CSV, TSV or XLSX file.",
    ),
    SHEET,
    ENCODING,
    SEPARATOR,
    HEADER_ROW,
];

/// Of a workbook.
pub(super) const SHEET: Key = later(
    "sheet",
    Form::Word,
    "Soci",
    "The sheet of a workbook. Default: its only one.",
);
/// Of a text file.
pub(super) const ENCODING: Key = later(
    "encoding",
    Form::Word,
    "windows-1252",
    "The encoding of a text file. Default: UTF-8, or what its first bytes say.",
);
/// Of a text file.
pub(super) const SEPARATOR: Key = later(
    "separator",
    Form::Word,
    "\";\"",
    "What stands between two cells. Default: it is found, and reported.",
);
/// Of any file.
pub(super) const HEADER_ROW: Key = later(
    "header_row",
    Form::Positive,
    "1",
    "The row with the names of the columns. Default: `1`.",
);

/// Our names of columns, to theirs.
pub(super) static COLUMNS: Object = map("`columns`", KeyKind::Word, &Form::Word);

/// Where consent comes from.
pub(super) static CONSENT: Object = Object {
    required: &[Required { key: "kind", or: &[] }],
    ..object("`consent`", CONSENT_KEYS)
};
static CONSENT_KEYS: &[Key] = &[
    now(
        "kind",
        Form::Word,
        "opt_in",
        "What was agreed to, such as `opt_in`.",
    ),
    now(
        "source",
        Form::Text,
        "\"till form 2026\"",
        "Where people agreed, as evidence.",
    ),
    now(
        "column",
        Form::Word,
        "Consenso",
        "The column that says whether this person agreed. Default: all of the list did.",
    ),
    now(
        "date",
        Form::Word,
        "Data",
        "The column that says when this person agreed.",
    ),
];

static INVALID: Object = Object {
    required: &[Required { key: "most", or: &[] }],
    ..object(
        "`invalid`",
        &[now(
            "most",
            Form::Share,
            "20%",
            "Past this share of bad rows the plan fails, since the column is probably wrong. Default: `20%`.",
        )],
    )
};
