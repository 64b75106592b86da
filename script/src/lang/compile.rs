//! From trees to code: names become slots and functions, once, when a script is loaded (manual 6.8, 6.9, 6.13).
//!
//! Not its job: reading the script (`parser`), running the code (`machine`).

mod calls;

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::{Declaration, Expr, Node, Scope, Script, Stmt, Variable};
use super::code::{Code, Op, Operand, Signature};
use super::error::ScriptError;
use super::kind::Kind;
use super::lexer::Place;
use super::nearest;
use super::ops::{Arith, Compare};
use super::val::{FieldPlace, Side, Val};
use crate::fields::FieldList;
use crate::functions::{Contexts, Function, table};

/// What a script can name besides built-in functions.
pub struct Names<'a> {
    /// Its variables.
    pub declared: Declared,
    /// The names of these, for the code of each script.
    pub variables: Arc<[String]>,
    /// The item that bare names and `TARGET.` mean.
    pub target: Option<Fields>,
    /// The item that `REFERENCE.` means.
    pub reference: Option<Fields>,
    /// The user functions by lower-case name: their index.
    pub functions: &'a HashMap<String, usize>,
    /// Their signatures.
    pub signatures: &'a [Signature],
    /// Which built-in functions there are.
    pub contexts: Contexts,
}

/// The variables of a context or a function.
#[derive(Debug, Default)]
pub struct Declared {
    /// By lower-case name.
    pub slots: HashMap<String, Slot>,
    /// Name, type and shape, in the order of their slots.
    pub order: Vec<(String, Kind, bool)>,
}

/// A variable's place and type.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// Its slot.
    pub number: u32,
    /// Its type, or that of its elements.
    pub kind: Kind,
    /// Whether it is an array.
    pub array: bool,
    /// Whether the slot holds the place of the caller's variable.
    pub by_ref: bool,
}

/// The fields of one item of a context.
#[derive(Clone, Debug)]
pub struct Fields {
    /// Its fields.
    pub list: Arc<FieldList>,
    /// Whether scripts may change it.
    pub writable: bool,
}

impl Declared {
    /// Those of this order.
    pub fn of(order: &[(String, Kind, bool)]) -> Declared {
        let slot = |(number, (name, kind, array)): (u32, &(String, Kind, bool))| {
            (name.to_ascii_lowercase(), Slot { number, kind: *kind, array: *array, by_ref: false })
        };
        Declared { slots: (0..).zip(order).map(slot).collect(), order: order.to_vec() }
    }

    /// Gives every declared variable its slot, in order. A name declared again keeps its slot.
    pub fn add(&mut self, declarations: &[Declaration], errors: &mut Vec<ScriptError>) {
        for declared in declarations {
            let number = self.order.len() as u32;
            let slot = Slot { number, kind: declared.kind, array: declared.array, by_ref: false };
            let known = self.slots.entry(declared.name.to_ascii_lowercase()).or_insert_with(|| {
                self.order.push((declared.name.clone(), declared.kind, declared.array));
                slot
            });
            if (known.kind, known.array) != (declared.kind, declared.array) {
                let array = if known.array { "array of " } else { "" };
                let message =
                    format!("{} is declared as {array}{} already", declared.name, known.kind.name());
                let hint = "all scripts of a context share their variables; choose another name".to_owned();
                errors.push(declared.place.error(message, Some(hint)));
            }
        }
    }

    /// The names, in the order of their slots.
    pub fn names(&self) -> Arc<[String]> {
        self.order.iter().map(|(name, _, _)| name.clone()).collect()
    }
}

impl Names<'_> {
    /// Code that does nothing yet.
    pub fn idle(&self) -> Code {
        let count = self.variables.len() as u32;
        Code { variables: count, slots: count, names: Arc::clone(&self.variables), ..Code::default() }
    }
}

/// Compiles a script or the body of a function. The code is complete only if there are no errors.
pub fn compile(script: &Script, text: &str, names: &Names<'_>, errors: &mut Vec<ScriptError>) -> Code {
    let line_starts =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect();
    let code = names.idle();
    let next = code.variables;
    let mut compiler =
        Compiler { names, errors, code, next, line_starts, line: 1, loops: Vec::new(), there: [false; 2] };
    for statement in &script.body {
        compiler.statement(statement);
    }
    compiler.emit(Op::ReturnNothing);
    compiler.code
}

/// A loop being compiled.
struct Loop {
    start: u32,
    breaks: Vec<usize>,
}

struct Compiler<'a> {
    names: &'a Names<'a>,
    errors: &'a mut Vec<ScriptError>,
    code: Code,
    /// The next free slot for an intermediate result.
    next: u32,
    line_starts: Vec<u32>,
    line: u32,
    loops: Vec<Loop>,
    /// Whether target and reference are certainly there, because an instruction before has asked for them.
    there: [bool; 2],
}

/// An expression's value: where it will be, and its type where that is known.
type Typed = (Operand, Option<Kind>);

/// What a variable reference means.
struct Meant {
    operand: Operand,
    kind: Option<Kind>,
    array: bool,
}

impl Compiler<'_> {
    fn statement(&mut self, statement: &Stmt) {
        let free = self.next;
        match statement {
            Stmt::Block(statements) => statements.iter().for_each(|statement| self.statement(statement)),
            Stmt::Expr(expression) => {
                self.value_or_nothing(expression, None);
            }
            Stmt::Assign(to, value) => self.assign(to, value),
            Stmt::If(condition, then, otherwise) => {
                let skip = self.condition(condition);
                self.perhaps(then);
                match otherwise {
                    Some(otherwise) => {
                        let end = self.emit(Op::Jump { target: 0 });
                        self.land(skip);
                        self.perhaps(otherwise);
                        self.land(end);
                    }
                    None => self.land(skip),
                }
            }
            Stmt::Loop(condition, body, place) => {
                self.at(place);
                self.emit(Op::Enter);
                let start = self.code.ops.len() as u32;
                self.loops.push(Loop { start, breaks: Vec::new() });
                let exit = condition.as_ref().map(|condition| self.condition(condition));
                self.perhaps(body);
                self.emit(Op::Again { target: start });
                let breaks = self.loops.pop().map(|ended| ended.breaks).unwrap_or_default();
                breaks.into_iter().chain(exit).for_each(|jump| self.land(jump));
                self.emit(Op::Leave);
            }
            Stmt::Break(place) => {
                self.at(place);
                if self.loops.is_empty() {
                    return self.error(place, "BREAK without a loop around it", None);
                }
                let jump = self.emit(Op::Jump { target: 0 });
                if let Some(innermost) = self.loops.last_mut() {
                    innermost.breaks.push(jump);
                }
            }
            Stmt::Continue(place) => {
                self.at(place);
                let Some(target) = self.loops.last().map(|innermost| innermost.start) else {
                    return self.error(place, "CONTINUE without a loop around it", None);
                };
                self.emit(Op::Again { target });
            }
            Stmt::Return(value, place) => {
                self.at(place);
                match value.as_ref().and_then(|value| self.value_or_nothing(value, None)) {
                    Some((a, _)) => self.emit(Op::Return { a }),
                    None => self.emit(Op::ReturnNothing),
                };
            }
        }
        self.next = free;
    }

    /// A statement that may be left out: what it makes certain is not so behind it.
    fn perhaps(&mut self, statement: &Stmt) {
        let there = self.there;
        self.statement(statement);
        self.there = there;
    }

    /// Compiles a condition and the jump that is taken if it isn't met, which is still to land.
    fn condition(&mut self, condition: &Expr) -> usize {
        let free = self.next;
        let jump = match &condition.node {
            Node::Compare(op @ (Compare::Eq | Compare::Ne), left, right) if is_empty(right) => {
                let (a, _) = self.value(left, None);
                self.at(&condition.place);
                self.emit(Op::JumpUnlessEmpty { a, empty: *op == Compare::Eq, target: 0 })
            }
            Node::Compare(op, left, right) => {
                let (a, b) = self.both(left, right);
                self.at(&condition.place);
                self.emit(Op::JumpUnlessCompare { op: *op, a: a.0, b: b.0, target: 0 })
            }
            _ => {
                let (a, _) = self.value(condition, None);
                self.emit(Op::JumpUnless { a, target: 0 })
            }
        };
        self.next = free;
        jump
    }

    fn assign(&mut self, to: &Expr, value: &Expr) {
        let Node::Variable(variable) = &to.node else { return };
        let Some(meant) = self.writable(variable, &to.place) else {
            self.value(value, None);
            return;
        };
        if !meant.array && meant.kind.is_some_and(Kind::is_text) && self.append(&meant, variable, value) {
            return;
        }
        let want = match (meant.operand, meant.kind) {
            (Operand::Slot(slot), Some(kind)) if !meant.array && variable.index.is_none() => {
                Some((slot, kind))
            }
            _ => None,
        };
        let value = self.value_or_nothing(value, want);
        self.at(&to.place);
        let from = match value {
            Some((from, _)) if from == meant.operand => return,
            Some((from, _)) => from,
            None => self.constant(Val::Unassigned(Kind::None)),
        };
        self.emit(Op::Assign { to: meant.operand, from });
    }

    /// `s = s + a + b` appends to `s` where it stands, unless what is appended looks at `s` itself.
    fn append(&mut self, meant: &Meant, variable: &Variable, value: &Expr) -> bool {
        if variable.index.is_some() || variable.offset.is_some() {
            return false;
        }
        let mut parts = Vec::new();
        let mut spine = value;
        while let Node::Arith(Arith::Add, left, right) = &spine.node {
            parts.push(&**right);
            spine = left;
        }
        let same = |compiler: &Self, other: &Expr| match &other.node {
            Node::Variable(other) => compiler.plain(other) == Some(meant.operand),
            _ => false,
        };
        if parts.is_empty() || !same(self, spine) {
            return false;
        }
        let may_be_same = |compiler: &Self, part: &Expr| match &part.node {
            // What stands so many places behind another variable may be any.
            Node::Variable(other) => {
                other.offset.is_some()
                    || matches!(meant.operand, Operand::Ref(_))
                    || compiler.plain(other) == Some(meant.operand)
            }
            _ => compiler.writes(part),
        };
        if parts.iter().any(|part| any(part, &|part| may_be_same(self, part))) {
            return false;
        }
        parts.reverse();
        let values: Vec<_> = parts.iter().map(|part| self.value(part, None).0).collect();
        self.at(&value.place);
        for b in values {
            self.emit(Op::Append { to: meant.operand, b });
        }
        true
    }

    /// The value of an expression; one without a value is an error.
    fn value(&mut self, expression: &Expr, want: Option<(u32, Kind)>) -> Typed {
        match self.value_or_nothing(expression, want) {
            Some(value) => value,
            None => {
                self.error(&expression.place, "this function gives no value", None);
                (self.constant(Val::Unassigned(Kind::None)), None)
            }
        }
    }

    /// The value of an expression, put into the wanted slot where it has that slot's type and is computed at
    /// all. `None` for a call of a function without a result.
    fn value_or_nothing(&mut self, expression: &Expr, want: Option<(u32, Kind)>) -> Option<Typed> {
        let value = match &expression.node {
            Node::Literal(value) => (self.constant(value.clone()), Some(value.view().kind())),
            Node::Variable(variable) => self.read(variable, expression, want),
            Node::Call { name, at, arguments } => return self.call(name, at, arguments, want),
            Node::Cast(kind, operand) => {
                let (from, known) = self.value(operand, None);
                self.at(&expression.place);
                // A known value of the type is there already, unless it is a literal to be read anew.
                if known == Some(*kind) {
                    return Some((from, known));
                }
                if let (Operand::Const(_), Node::Literal(value)) = (from, &operand.node) {
                    return Some((self.constant(value.view().cast_to(*kind)), Some(*kind)));
                }
                let to = self.result(want, Some(*kind));
                self.emit(Op::Cast { kind: *kind, to, from });
                (Operand::Slot(to), Some(*kind))
            }
            Node::Unary(op, operand) => {
                let (a, _) = self.value(operand, None);
                self.at(&expression.place);
                if let Node::Literal(value) = &operand.node {
                    return Some((self.constant(Val::Integer(op.apply(value.view()))), Some(Kind::Integer)));
                }
                let to = self.result(want, Some(Kind::Integer));
                self.emit(Op::Unary { op: *op, to, a });
                (Operand::Slot(to), Some(Kind::Integer))
            }
            Node::Arith(op, left, right) => {
                let ((a, left), (b, _)) = self.both(left, right);
                self.at(&expression.place);
                let kind = result_of(*op, left);
                let to = self.result(want, kind);
                self.emit(match op {
                    Arith::Add => Op::Add { to, a, b },
                    op => Op::Arith { op: *op, to, a, b },
                });
                (Operand::Slot(to), kind)
            }
            Node::Compare(op, left, right) => {
                let ((a, _), (b, _)) = self.both(left, right);
                self.at(&expression.place);
                let to = self.result(want, Some(Kind::Integer));
                self.emit(Op::Compare { op: *op, to, a, b });
                (Operand::Slot(to), Some(Kind::Integer))
            }
        };
        Some(value)
    }

    /// Both operands of an operator. The left one's value is that before the right one is worked out.
    fn both(&mut self, left: &Expr, right: &Expr) -> (Typed, Typed) {
        let mut a = self.value(left, None);
        if any(right, &|part| self.writes(part)) {
            a.0 = self.kept(a.0);
        }
        (a, self.value(right, None))
    }

    /// An operand whose value no later call changes.
    fn kept(&mut self, operand: Operand) -> Operand {
        let safe = match operand {
            Operand::Const(_) => true,
            Operand::Slot(slot) => slot >= self.code.variables,
            Operand::Ref(_) | Operand::Field(..) => false,
        };
        if safe {
            return operand;
        }
        let to = self.temporary();
        self.emit(Op::Copy { to, from: operand });
        Operand::Slot(to)
    }

    /// Whether this very expression may change variables or fields.
    fn writes(&self, expression: &Expr) -> bool {
        let Node::Call { name, .. } = &expression.node else { return false };
        match self.names.functions.get(&name.to_ascii_lowercase()) {
            Some(function) => self.names.signatures[*function].parameters.iter().any(|p| p.by_ref),
            None => table::find(name, self.names.contexts).is_ok_and(Function::writes),
        }
    }

    fn read(&mut self, variable: &Variable, expression: &Expr, want: Option<(u32, Kind)>) -> Typed {
        let Some(meant) = self.meant(variable, &expression.place) else {
            return (self.constant(Val::Unassigned(Kind::None)), None);
        };
        let Some(index) = &variable.index else {
            return (meant.operand, if meant.array { Some(Kind::None) } else { meant.kind });
        };
        let (index, _) = self.value(index, None);
        self.at(&expression.place);
        let to = self.result(want, meant.kind);
        self.emit(Op::Element { to, array: meant.operand, index });
        (Operand::Slot(to), meant.kind)
    }

    /// The place that a variable reference means, to write to it; an element as an operand of its own.
    fn writable(&mut self, variable: &Variable, place: &Place) -> Option<Meant> {
        let meant = self.referred(variable, place)?;
        let field = self.find(variable).map(|found| found.operand);
        if let Some(Operand::Field(field)) = field {
            let fields = if field.side == Side::Target { &self.names.target } else { &self.names.reference };
            if fields.as_ref().is_some_and(|fields| !fields.writable) {
                let hint = "this script is shown the item and cannot change it; use a variable".to_owned();
                self.error(place, format!("field {} cannot be changed here", variable.name), Some(hint));
            }
        }
        Some(meant)
    }

    /// The place of a variable, field or element itself.
    fn referred(&mut self, variable: &Variable, place: &Place) -> Option<Meant> {
        let meant = self.meant(variable, place)?;
        let Some(index) = &variable.index else { return Some(meant) };
        let (index, _) = self.value(index, None);
        self.at(place);
        let to = self.temporary();
        self.emit(Op::ElementPlace { to, array: meant.operand, index });
        Some(Meant { operand: Operand::Ref(to), kind: meant.kind, array: false })
    }

    /// What a variable reference means, leaving its index aside.
    fn meant(&mut self, variable: &Variable, place: &Place) -> Option<Meant> {
        let Some(mut meant) = self.find(variable) else {
            let hint = self.near(variable);
            self.error(place, format!("unknown variable or field {}", variable.name), hint);
            return None;
        };
        if let Operand::Field(FieldPlace { side, .. }) = meant.operand {
            self.at(place);
            if !std::mem::replace(&mut self.there[side as usize], true) {
                self.emit(Op::Need { side });
            }
        }
        if let Some(offset) = &variable.offset {
            let (by, _) = self.value(offset, None);
            self.at(place);
            let to = self.temporary();
            self.emit(Op::OffsetPlace { to, from: meant.operand, by });
            meant = Meant { operand: Operand::Ref(to), kind: None, array: variable.index.is_some() };
        }
        if variable.index.is_some() && !meant.array {
            let hint = Some(format!("declare it as {}[]", variable.name));
            self.error(place, format!("{} is not an array", variable.name), hint);
            return None;
        }
        Some(meant)
    }

    fn find(&self, variable: &Variable) -> Option<Meant> {
        let slot = || {
            let slot = self.names.declared.slots.get(&variable.name.to_ascii_lowercase())?;
            let operand = if slot.by_ref { Operand::Ref(slot.number) } else { Operand::Slot(slot.number) };
            Some(Meant { operand, kind: Some(slot.kind), array: slot.array })
        };
        let field = |side: Side| {
            let fields = if side == Side::Target { &self.names.target } else { &self.names.reference };
            let list = &fields.as_ref()?.list;
            let field = FieldPlace::of(side, list, list.find(&variable.name)?)?;
            Some(Meant { operand: Operand::Field(field), kind: Some(field.kind), array: field.array })
        };
        match variable.scope {
            Scope::Any => slot().or_else(|| field(Side::Target)),
            Scope::Local => slot(),
            Scope::Item(side) => field(side),
        }
    }

    /// What a reference without index and offset means, if it is one.
    fn plain(&self, variable: &Variable) -> Option<Operand> {
        if variable.index.is_some() || variable.offset.is_some() {
            return None;
        }
        self.find(variable).map(|meant| meant.operand)
    }

    fn near(&self, variable: &Variable) -> Option<String> {
        let lists = [&self.names.target, &self.names.reference];
        let fields = lists.into_iter().flatten().flat_map(|fields| fields.list.fields());
        let names = self
            .names
            .declared
            .slots
            .keys()
            .map(String::as_str)
            .chain(fields.map(|field| field.name.as_str()));
        match nearest(&variable.name, names) {
            Some(near) => Some(format!("did you mean {near}?")),
            None => Some("variables are declared with their type: string s;".to_owned()),
        }
    }

    /// The slot for a result of this type: the wanted one if it is of the type.
    fn result(&mut self, want: Option<(u32, Kind)>, kind: Option<Kind>) -> u32 {
        match (want, kind) {
            (Some((slot, wanted)), Some(kind)) if wanted == kind => slot,
            _ => self.temporary(),
        }
    }

    fn temporary(&mut self) -> u32 {
        let slot = self.next;
        self.next += 1;
        self.code.slots = self.code.slots.max(self.next);
        slot
    }

    fn constant(&mut self, value: Val) -> Operand {
        let constants = &mut self.code.constants;
        let number = constants.iter().rev().take(64).position(|known| *known == value);
        let number = match number {
            Some(back) => constants.len() - 1 - back,
            None => {
                constants.push(value);
                constants.len() - 1
            }
        };
        Operand::Const(number as u32)
    }

    fn emit(&mut self, op: Op) -> usize {
        self.code.ops.push(op);
        self.code.lines.push(self.line);
        self.code.ops.len() - 1
    }

    /// Lets a jump lead to what comes next.
    fn land(&mut self, jump: usize) {
        let here = self.code.ops.len() as u32;
        match &mut self.code.ops[jump] {
            Op::Jump { target }
            | Op::JumpUnless { target, .. }
            | Op::JumpUnlessCompare { target, .. }
            | Op::JumpUnlessEmpty { target, .. } => *target = here,
            _ => {}
        }
    }

    /// The instructions that follow belong to this place.
    fn at(&mut self, place: &Place) {
        let start = place.outer().start;
        self.line = self.line_starts.partition_point(|line| *line <= start) as u32;
    }

    fn error(&mut self, place: &Place, message: impl Into<String>, hint: Option<String>) {
        self.errors.push(place.error(message, hint));
    }
}

/// The type that an operator's result has by its left operand's.
fn result_of(op: Arith, left: Option<Kind>) -> Option<Kind> {
    match left? {
        kind if kind.is_time() => Some(kind).filter(|kind| op != Arith::Sub || *kind == Kind::Timestamp),
        kind if op == Arith::Add && (kind.is_text() || matches!(kind, Kind::Blob | Kind::None)) => Some(kind),
        _ => Some(Kind::Integer),
    }
}

/// Whether an expression is `EMPTY` itself.
fn is_empty(expression: &Expr) -> bool {
    matches!(&expression.node, Node::Literal(Val::Empty(Kind::None)))
}

/// Whether any part of an expression is what is looked for.
fn any(expression: &Expr, found: &dyn Fn(&Expr) -> bool) -> bool {
    found(expression) || expression.node.children().any(|child| any(child, found))
}
