//! Makes the tree from the parser's events. Keeps what was read when the text breaks off, so that everything before the
//! fault is still checked.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag, options};

use super::open::{Open, Start, bad, scalar, start, style_of};
use super::{DEEPEST, Entry, Key, Kind, MOST_NODES, Node, Style, Tree, syntax};
use crate::diagnostic::{Applicability, Diagnostic};

struct Builder<'a> {
    text: &'a str,
    stack: Vec<Open>,
    root: Option<Node>,
    comments: Vec<Range<usize>>,
    diagnostics: Vec<Diagnostic>,
    /// By the parser's number; none while the anchored map or list is still open.
    anchors: HashMap<usize, Option<Node>>,
    /// Texts with a name that no alias has said yet, by the parser's number.
    unnamed: BTreeMap<usize, Range<usize>>,
    nodes: usize,
    documents: usize,
    /// Of a sign that no reading goes on behind.
    wide: Option<Diagnostic>,
    /// Where the last token ended.
    read_to: usize,
    /// Values that were told of and stand blank in the text.
    blank: &'a [Range<usize>],
    /// The diagnostic of what broke off the text.
    fault: Option<usize>,
}

/// Values that need quotes and are read over, at most: what follows each is read anew.
const MOST_BLANK: usize = 16;

/// Whether to read on.
enum Flow {
    On,
    Stop,
}

/// Reads over the values that only need quotes, so that one of them hides nothing that follows.
pub(super) fn build(text: &str) -> (Tree, Vec<Diagnostic>) {
    let (mut blanked, mut blank, mut told) = (text.to_owned(), vec![], vec![]);
    loop {
        let mut builder = Builder::new(&blanked, &blank);
        let tree = builder.tree();
        let mut diagnostics = std::mem::take(&mut builder.diagnostics);
        let fault = builder.fault.filter(|_| blank.len() < MOST_BLANK);
        let Some(at) = fault.filter(|at| is_value(text, &diagnostics[*at])) else {
            let mut found = joined(told, diagnostics, |d| builder.is_of_blank(d));
            keep_what_helps(text, &mut found);
            return (tree, found);
        };
        let found = diagnostics.swap_remove(at);
        // A bracket alone is no value: without it the rest of its line is right.
        let is_bracket = matches!(text.get(found.span.clone()), Some("}" | "]"));
        let filler = if is_bracket { " " } else { "x" };
        blanked.replace_range(found.span.clone(), &filler.repeat(found.span.len()));
        blank.push(found.span.clone());
        told.push(found);
    }
}

/// Quotes are offered only where the text can be read with them: something may be missing beside them.
fn keep_what_helps(text: &str, found: &mut [Diagnostic]) {
    let offered = found.iter_mut().filter(|d| d.code == "quote-the-text");
    for told in offered.take(MOST_BLANK) {
        let Some(suggestion) = &told.suggestion else {
            continue;
        };
        let mut repaired = text.to_owned();
        repaired.replace_range(suggestion.span.clone(), &suggestion.replacement);
        let end = suggestion.span.start + suggestion.replacement.len();
        let lines = suggestion.span.start..syntax::line_of(&repaired, end).end + 1;
        let mut builder = Builder::new(&repaired, &[]);
        builder.tree();
        let fault = builder.fault.and_then(|at| builder.diagnostics.get(at));
        if fault.is_some_and(|fault| lines.contains(&fault.span.start)) {
            told.suggestion = None;
            told.help = Some(BROKEN_BESIDE.to_owned());
        }
    }
}

/// The remedy of a text that quotes alone do not repair.
const BROKEN_BESIDE: &str =
    "put each text into quotes of its own, close what is opened, and begin the line as those beside it";

/// What was told before, and what reading found at last: no more is said of a line that was told of. Where the text broke
/// off, the last is what broke it off.
fn joined(
    mut told: Vec<Diagnostic>,
    mut found: Vec<Diagnostic>,
    is_told: impl Fn(&Diagnostic) -> bool,
) -> Vec<Diagnostic> {
    let fault_is_told = found.last().is_some_and(&is_told);
    found.retain(|d| !is_told(d));
    if fault_is_told {
        found.append(&mut told);
        return found;
    }
    told.append(&mut found);
    told
}

/// Whether it is of one value, on one line, that the rest of the file can be read without.
fn is_value(text: &str, found: &Diagnostic) -> bool {
    let written = text.get(found.span.clone()).unwrap_or_default();
    (asks_for_quotes(found) || syntax::is_of_marks(found)) && !written.is_empty() && !written.contains('\n')
}

fn asks_for_quotes(found: &Diagnostic) -> bool {
    matches!(
        found.code,
        "quote-the-text" | "cron-needs-quotes" | "tag-not-condition"
    )
}

impl<'a> Builder<'a> {
    fn new(text: &'a str, blank: &'a [Range<usize>]) -> Builder<'a> {
        Builder {
            text,
            stack: vec![],
            root: None,
            comments: vec![],
            diagnostics: vec![],
            anchors: HashMap::new(),
            unnamed: BTreeMap::new(),
            nodes: 0,
            documents: 0,
            wide: None,
            read_to: 0,
            blank,
            fault: None,
        }
    }

    fn tree(&mut self) -> Tree {
        let whole = self.read();
        let end = self.read_to;
        while let Some(open) = self.stack.pop() {
            let node = open.close(end, self.nodes);
            self.put(node);
        }
        Tree {
            root: self.root.take(),
            comments: std::mem::take(&mut self.comments),
            whole,
        }
    }

    /// Whether the text was read to its end.
    fn read(&mut self) -> bool {
        let options = options! {
            emit_unresolved_aliases: true,
            strict_indentation: true,
            disallow_directives: true,
            flow_nesting_limit: DEEPEST + 1,
            block_nesting_limit: DEEPEST + 1,
        };
        if let Some(tab) = syntax::leading_tab(self.text) {
            self.diagnostics.push(tab);
            return false;
        }
        let mut parser = Parser::new_from_str_with_options(self.text, options);
        loop {
            match parser.next_event() {
                None => {
                    self.tell_unnamed();
                    return true;
                }
                Some(Ok((event, span))) => match self.take(event, &span) {
                    Flow::On => {}
                    Flow::Stop => return false,
                },
                Some(Err(error)) => {
                    self.fault(&error);
                    return false;
                }
            }
        }
    }

    /// Texts that begin with `&`, whose first word YAML takes for their name.
    fn tell_unnamed(&mut self) {
        let unnamed = std::mem::take(&mut self.unnamed).into_values();
        let found = unnamed.filter_map(|text| syntax::taken_for_anchor(self.text, &text));
        self.diagnostics.extend(found);
    }

    /// What breaks off the text, unless the line has been spoken of already.
    fn fault(&mut self, error: &ScanError) {
        let found = syntax::explain(self.text, error, &self.stack, self.read_to);
        let line = syntax::line_of(self.text, found.span.start);
        let said = |d: &Diagnostic| asks_for_quotes(d) && line.contains(&d.span.start);
        let fault = self.diagnostics.iter().position(said);
        self.fault = fault.or(Some(self.diagnostics.len()));
        if fault.is_none() {
            self.diagnostics.push(found);
        }
    }

    fn take(&mut self, event: Event<'_>, span: &Span) -> Flow {
        let range = span.byte_range().unwrap_or(0..0);
        let tag_span = span.tag_span().and_then(|tag| tag.byte_range());
        match event {
            Event::Comment(..) => self.comments.push(range),
            Event::DocumentStart(..) => return self.document(range),
            Event::Scalar(text, style, anchor, tag) => {
                let custom = is_custom(tag.as_deref());
                let node = match custom {
                    true => self.refuse_tag(tag_span.unwrap_or(range.clone()), &range),
                    false if self.is_blank(&range) => bad(range),
                    false => scalar(text.into_owned(), style_of(style), self.content(range, style)),
                };
                if anchor > 0 && style == ScalarStyle::Plain {
                    self.unnamed.insert(anchor, node.span.clone());
                }
                return self.add(node, anchor);
            }
            Event::SequenceStart(style, anchor, tag) => {
                return self.open(start(range, style, anchor), tag.as_deref(), tag_span, false);
            }
            Event::MappingStart(style, anchor, tag) => {
                return self.open(start(range, style, anchor), tag.as_deref(), tag_span, true);
            }
            Event::SequenceEnd | Event::MappingEnd => return self.end(range.end),
            Event::Alias(id) => return self.alias(id, range),
            Event::UnresolvedAlias(name) => {
                let found = syntax::unknown_anchor(self.text, &name, range.clone());
                self.diagnostics.push(found);
                return self.add(bad(range), 0);
            }
            // The event type is open; what is left carries no values.
            _ => {}
        }
        Flow::On
    }

    /// Whether it is of a line with a value that was told of: what it says is of the blank.
    fn is_of_blank(&self, found: &Diagnostic) -> bool {
        let lines = self
            .blank
            .iter()
            .map(|blank| syntax::line_of(self.text, blank.start));
        let meets =
            |span: &Range<usize>, line: &Range<usize>| span.start <= line.end && line.start <= span.end;
        let spans = || found.related.iter().map(|(span, _)| span).chain([&found.span]);
        lines
            .into_iter()
            .any(|line| spans().any(|span| meets(span, &line)))
    }

    fn is_blank(&self, range: &Range<usize>) -> bool {
        self.blank.iter().any(|blank| blank.start == range.start)
    }

    /// A block text without its trailing line breaks, so that a span ends where the eye does.
    fn content(&self, range: Range<usize>, style: ScalarStyle) -> Range<usize> {
        match style {
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let written = self.text.get(range.clone()).unwrap_or_default();
                range.start..range.start + written.trim_end().len()
            }
            ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => range,
        }
    }

    fn document(&mut self, range: Range<usize>) -> Flow {
        self.documents += 1;
        if self.documents < 2 {
            return Flow::On;
        }
        let found = Diagnostic::error("second-document", range, "a second document begins here")
            .label("one file is one document")
            .help("put it into a file of its own, or remove the line");
        self.diagnostics.push(found);
        Flow::Stop
    }

    fn open(
        &mut self,
        mut start: Start,
        tag: Option<&Tag>,
        tag_span: Option<Range<usize>>,
        map: bool,
    ) -> Flow {
        if is_custom(tag) {
            let place = tag_span.unwrap_or(start.span.clone());
            self.refuse_tag(place, &start.span);
        }
        if self.stack.len() >= DEEPEST {
            return self.too_deep(start.span);
        }
        self.nodes += 1;
        start.nodes_before = self.nodes - 1;
        if start.anchor > 0 {
            self.anchors.insert(start.anchor, None);
        }
        self.read_to = self.read_to.max(start.span.end);
        self.stack.push(match map {
            true => Open::Map {
                entries: vec![],
                key: None,
                seen: HashMap::new(),
                spoilt: false,
                start,
            },
            false => Open::List { items: vec![], start },
        });
        Flow::On
    }

    fn end(&mut self, end: usize) -> Flow {
        let Some(open) = self.stack.pop() else {
            return Flow::On;
        };
        let anchor = open.start().anchor;
        let node = open.close(end, self.nodes);
        self.read_to = self.read_to.max(node.span.end);
        self.remember(anchor, &node);
        self.put(node);
        Flow::On
    }

    fn alias(&mut self, id: usize, range: Range<usize>) -> Flow {
        self.unnamed.remove(&id);
        let Some(named) = self.anchors.get(&id).cloned().flatten() else {
            let found = Diagnostic::error(
                "recursive-alias",
                range.clone(),
                "the alias names what it stands in",
            )
            .label("would never end")
            .help("write the value out instead");
            self.diagnostics.push(found);
            return self.add(bad(range), 0);
        };
        if self.stack.len() + named.depth > DEEPEST {
            return self.too_deep(range);
        }
        if self.nodes + named.size > MOST_NODES {
            return self.too_many(range);
        }
        self.nodes += named.size;
        self.read_to = self.read_to.max(range.end);
        self.put(named);
        Flow::On
    }

    fn add(&mut self, node: Node, anchor: usize) -> Flow {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return self.too_many(node.span);
        }
        self.read_to = self.read_to.max(node.span.end);
        self.remember(anchor, &node);
        self.put(node);
        let Some(wide) = self.wide.take() else {
            return Flow::On;
        };
        self.diagnostics.push(wide);
        Flow::Stop
    }

    fn remember(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 {
            self.anchors.insert(anchor, Some(node.clone()));
        }
    }

    fn put(&mut self, node: Node) {
        match self.stack.last_mut() {
            None => self.root = self.root.take().or(Some(node)),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                Some(Some(key)) => entries.push(Entry { key, value: node }),
                Some(None) => {}
                None => self.put_key(node),
            },
        }
    }

    fn put_key(&mut self, node: Node) {
        let nested = self.stack.len() > 1 && self.stack[self.stack.len() - 2].start().flow;
        let Some(Open::Map {
            key,
            entries,
            seen,
            spoilt,
            start,
            ..
        }) = self.stack.last_mut()
        else {
            return;
        };
        *key = Some(None);
        let Kind::Scalar(scalar) = &node.kind else {
            if !node.is_bad() {
                let braces = syntax::double_brace(self.text, &start.span, &node.span, nested);
                *spoilt = braces.is_some();
                // Of keys in keys the innermost is told, and nothing of what holds what broke off the text.
                let said = self.diagnostics.last();
                let is_told = said.is_some_and(|d| {
                    let is_inside = node.span.start <= d.span.start && d.span.end <= node.span.end;
                    d.code == "too-deep" || is_inside && syntax::is_of_key(d)
                });
                let key = || (!is_told).then(|| syntax::key_is_no_text(node.span.clone()));
                self.diagnostics.extend(braces.or_else(key));
            }
            return;
        };
        let plain = scalar.style == Style::Plain;
        self.wide = syntax::in_indentation(&scalar.text, node.span.start).filter(|_| plain);
        if self.wide.is_some() {
            // What stands behind it was meant to be its value.
            if let Some(last) = entries.last_mut().filter(|last| last.value.is_nothing()) {
                last.value = bad(last.value.span.clone());
            }
            return;
        }
        if plain && scalar.text == "<<" {
            self.diagnostics.push(merge_key(node.span));
        } else if let Some(first) = seen.get(&scalar.text) {
            self.diagnostics
                .push(duplicate_key(&scalar.text, node.span, first.clone()));
        } else {
            seen.insert(scalar.text.clone(), node.span.clone());
            *key = Some(Some(Key {
                text: scalar.text.clone(),
                span: node.span,
                plain,
            }));
        }
    }

    fn refuse_tag(&mut self, tag: Range<usize>, value: &Range<usize>) -> Node {
        self.diagnostics.push(syntax::custom_tag(self.text, tag.clone()));
        bad(tag.start..value.end.max(tag.end))
    }

    fn too_deep(&mut self, span: Range<usize>) -> Flow {
        self.diagnostics.push(syntax::too_deep(self.text, span));
        Flow::Stop
    }

    fn too_many(&mut self, span: Range<usize>) -> Flow {
        let aliased = self.text.get(span.clone()).is_some_and(|s| s.starts_with('*'));
        let message = match aliased {
            true => format!("with its aliases replaced, the file has more than {MOST_NODES} values"),
            false => format!("the file has more than {MOST_NODES} values"),
        };
        self.diagnostics.push(
            Diagnostic::error("alias-bomb", span, message)
                .label("the limit is passed here")
                .help("write out what you need, without aliases of aliases"),
        );
        Flow::Stop
    }
}

/// Tags of YAML itself, such as `!!str`, change nothing here: the field decides.
fn is_custom(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| !tag.is_yaml_core_schema())
}

fn merge_key(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "merge-key",
        span,
        "merge keys (`<<`) are not part of this language",
    )
    .label("merges another map into this one")
    .help("write the keys out, so that the file says what happens")
}

fn duplicate_key(key: &str, span: Range<usize>, first: Range<usize>) -> Diagnostic {
    // Of numbers none comes twice.
    let mark = key.split_once(' ').map(|(mark, _)| mark);
    if let Some(mark) = mark.filter(|mark| syntax::is_mark_of_items(mark) && !mark.is_ascii()) {
        let message = format!("an item of a list begins with `-`, not with `{mark}`");
        let mark = span.start..span.start + mark.len();
        return Diagnostic::error("duplicate-key", span, message)
            .help("write `- ` in its place")
            .replace(mark, "-", Applicability::Unsure);
    }
    Diagnostic::error("duplicate-key", span, format!("key \"{key}\" is given twice"))
        .label("again here")
        .also(first, "first here")
        .help("remove one of them")
}
