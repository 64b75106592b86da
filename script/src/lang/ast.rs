//! Scripts as trees: what the parser makes and the compiler reads.

use super::kind::Kind;
use super::lexer::Place;
use super::ops::{Arith, Compare, Unary};
use super::val::{Side, Val};

/// An expression and where it stands.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub node: Node,
    /// Where it stands.
    pub place: Place,
    /// How many expressions stand in each other down to its deepest one.
    pub depth: usize,
}

/// What an expression is.
#[derive(Debug)]
pub enum Node {
    /// A literal, or TRUE, FALSE, EMPTY, UNASSIGNED.
    Literal(Val),
    /// A variable or field.
    Variable(Variable),
    /// A function call.
    Call {
        /// Its name as written.
        name: String,
        /// Where the name stands.
        at: Place,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// A typecast.
    Cast(Kind, Box<Expr>),
    /// An operator with one operand.
    Unary(Unary, Box<Expr>),
    /// An operator that computes.
    Arith(Arith, Box<Expr>, Box<Expr>),
    /// An operator that compares.
    Compare(Compare, Box<Expr>, Box<Expr>),
}

/// Where a name is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Among variables, then among the fields of the target item.
    Any,
    /// `LOCAL.`
    Local,
    /// One of the items.
    Item(Side),
}

/// A reference to a variable or field.
#[derive(Debug)]
pub struct Variable {
    /// Where to look for it.
    pub scope: Scope,
    /// Its name as written.
    pub name: String,
    /// `[+n]`: that many fields or variables further on.
    pub offset: Option<Box<Expr>>,
    /// `[n]`: the element.
    pub index: Option<Box<Expr>>,
}

/// A statement.
#[derive(Debug)]
pub enum Stmt {
    /// `{ … }`
    Block(Vec<Stmt>),
    /// An expression for what it does.
    Expr(Expr),
    /// An assignment.
    Assign(Expr, Expr),
    /// IF, with ELSE or without.
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    /// WHILE; LOOP has no condition.
    Loop(Option<Expr>, Box<Stmt>, Place),
    /// BREAK.
    Break(Place),
    /// CONTINUE.
    Continue(Place),
    /// RETURN, with a value or without.
    Return(Option<Expr>, Place),
}

/// A declared variable.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// Its name as written.
    pub name: String,
    /// Its type, or that of its elements.
    pub kind: Kind,
    /// Whether it is an array.
    pub array: bool,
    /// Where it is declared.
    pub place: Place,
}

/// A parameter of a user function.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its declaration.
    pub variable: Declaration,
    /// Whether it stands for the caller's variable.
    pub by_ref: bool,
}

/// A script, or the body of a function.
#[derive(Debug, Default)]
pub struct Script {
    /// Its statements.
    pub body: Vec<Stmt>,
    /// The variables that it declares, in order; a name may stand there more than once.
    pub declarations: Vec<Declaration>,
}

/// A user function (manual 6.13.1).
#[derive(Debug)]
pub struct UserFunction {
    /// Its name as written.
    pub name: String,
    /// Where the name stands.
    pub place: Place,
    /// The type of its result, if it declares one.
    pub result: Option<Kind>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its body.
    pub script: Script,
}

impl Node {
    /// The expressions right below it.
    pub fn children(&self) -> impl Iterator<Item = &Expr> {
        let (operands, arguments): ([Option<&Expr>; 2], &[Expr]) = match self {
            Node::Literal(_) => ([None, None], &[]),
            Node::Variable(variable) => ([variable.offset.as_deref(), variable.index.as_deref()], &[]),
            Node::Call { arguments, .. } => ([None, None], arguments),
            Node::Cast(_, operand) | Node::Unary(_, operand) => ([Some(operand), None], &[]),
            Node::Arith(_, left, right) | Node::Compare(_, left, right) => ([Some(left), Some(right)], &[]),
        };
        operands.into_iter().flatten().chain(arguments)
    }
}
