//! Maps and lists while they are read, and the nodes they become.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{ScalarStyle, StructureStyle};

use super::{Entry, Key, Kind, Node, Scalar, Style};

/// A map or list that is not closed yet.
pub(super) enum Open {
    List {
        items: Vec<Node>,
        start: Start,
    },
    Map {
        entries: Vec<Entry>,
        /// A key whose value comes next; none for one that is left out.
        key: Option<Option<Key>>,
        seen: HashMap<String, Range<usize>>,
        /// It is no map but a text that begins with a brace, which has been said.
        spoilt: bool,
        start: Start,
    },
}

/// Where and how a map or list begins.
#[derive(Clone)]
pub(super) struct Start {
    pub(super) span: Range<usize>,
    pub(super) flow: bool,
    pub(super) anchor: usize,
    /// Nodes of the file before it.
    pub(super) nodes_before: usize,
}

impl Open {
    /// The node, once its last child is read and `nodes` nodes of the file. Block collections end with their last child,
    /// flow ones with the bracket.
    pub(super) fn close(self, end: usize, nodes: usize) -> Node {
        let (flow, nodes_before) = (self.start().flow, self.start().nodes_before);
        let from = self.start().span.start;
        let (kind, last, depth) = match self {
            Open::List { items, .. } => {
                let last = items.last().map(|item| item.span.end);
                let depth = items.iter().map(|item| item.depth).max();
                (Kind::List(items.into()), last, depth)
            }
            Open::Map { entries, spoilt, .. } => {
                let last = entries
                    .last()
                    .map(|entry| entry.value.span.end.max(entry.key.span.end));
                let depth = entries.iter().map(|entry| entry.value.depth).max();
                let kind = if spoilt {
                    Kind::Bad
                } else {
                    Kind::Map(entries.into())
                };
                (kind, last, depth)
            }
        };
        let to = match flow {
            true => end,
            false => last.unwrap_or(end),
        };
        Node {
            kind,
            span: from..to.max(from),
            size: nodes - nodes_before,
            depth: depth.unwrap_or(0) + 1,
        }
    }

    pub(super) fn start(&self) -> &Start {
        match self {
            Open::List { start, .. } | Open::Map { start, .. } => start,
        }
    }
}

pub(super) fn start(span: Range<usize>, style: StructureStyle, anchor: usize) -> Start {
    Start {
        span,
        flow: style == StructureStyle::Flow,
        anchor,
        nodes_before: 0,
    }
}

pub(super) fn scalar(text: String, style: Style, span: Range<usize>) -> Node {
    leaf(Kind::Scalar(Scalar { text, style }), span)
}

pub(super) fn bad(span: Range<usize>) -> Node {
    leaf(Kind::Bad, span)
}

pub(super) fn leaf(kind: Kind, span: Range<usize>) -> Node {
    Node {
        kind,
        span,
        size: 1,
        depth: 0,
    }
}

pub(super) fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}
