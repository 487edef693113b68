//! A condition as written: what the parser makes, each piece with its bytes in the condition's text. Nothing is looked up
//! or typed here; `&&` and `||` keep all their terms side by side, so that no chain of them is deep.

use std::ops::Range;

use rust_decimal::Decimal;

/// One piece of a condition.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    pub kind: Kind,
    pub span: Range<usize>,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Name(String),
    Text(String),
    Number(Decimal),
    Flag(bool),
    List(Vec<Expression>),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    /// Terms of `&&`.
    All(Vec<Expression>),
    /// Terms of `||`.
    Any(Vec<Expression>),
    Compare(Comparison, Box<[Expression; 2]>),
    /// An item, and what it is looked for in.
    In(Box<[Expression; 2]>),
    Arithmetic(Operation, Box<[Expression; 2]>),
    Call {
        name: String,
        name_span: Range<usize>,
        arguments: Vec<Expression>,
    },
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Same,
    Differs,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// What is done with two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Plus,
    Minus,
    Times,
    Divided,
    Remainder,
}

impl Comparison {
    /// Whether only values that have an order can be compared so.
    pub(super) fn is_order(self) -> bool {
        match self {
            Comparison::Same | Comparison::Differs => false,
            Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => true,
        }
    }

    pub(super) fn holds<T: Ord + ?Sized>(self, left: &T, right: &T) -> bool {
        match self {
            Comparison::Same => left == right,
            Comparison::Differs => left != right,
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
            Comparison::More => left > right,
            Comparison::AtLeast => left >= right,
        }
    }
}

impl Operation {
    /// None where the result cannot be had: too large, or divided by zero. Division is exact, as on paper.
    pub(super) fn apply(self, left: Decimal, right: Decimal) -> Option<Decimal> {
        match self {
            Operation::Plus => left.checked_add(right),
            Operation::Minus => left.checked_sub(right),
            Operation::Times => left.checked_mul(right),
            Operation::Divided => left.checked_div(right),
            Operation::Remainder => left.checked_rem(right),
        }
    }
}
