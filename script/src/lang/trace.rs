//! A run made visible: every line that a script comes to, and every value that it changes there.
//!
//! A script that is not traced runs code without a trace of this. Not its job: how it is shown.

use super::code::Op;
use super::context::TypedValue;
use super::machine::Machine;
use super::memory;
use super::val::{FieldPlace, Place, Side, Val};
use crate::functions::{Gives, Takes};

/// Something that a script has done.
#[derive(Debug)]
pub enum Event<'a> {
    /// It has come to a line.
    Line {
        /// Counted from 1, in the script or function.
        line: u32,
        /// The user function it is in, if it is in one.
        function: Option<&'a str>,
        /// How many user functions it is in.
        depth: usize,
    },
    /// A variable, a field, or an element of one has got a value.
    Set {
        /// Which, as scripts spell it.
        name: &'a str,
        /// What it holds now.
        value: TypedValue,
    },
    /// A function has given a value.
    Gave {
        /// Its name.
        function: &'a str,
        /// What it gave.
        value: TypedValue,
    },
}

/// Who is told what a script does.
pub trait Tracer {
    /// Takes notice.
    fn event(&mut self, event: Event<'_>);
}

/// What is known of a run between two instructions.
pub(crate) struct Trace<'t> {
    tracer: &'t mut dyn Tracer,
    previous: Option<Op>,
    /// The line that was last told, for the script and each function that it is in.
    lines: Vec<u32>,
    /// The calls of user functions that have not come back: the slot for the result, and the function.
    calls: Vec<(u32, usize)>,
    /// What a built-in function was given to change, as it was.
    given: Vec<(Place, Val)>,
}

impl<'t> Trace<'t> {
    pub(crate) fn new(tracer: &'t mut dyn Tracer) -> Trace<'t> {
        Trace { tracer, previous: None, lines: Vec::new(), calls: Vec::new(), given: Vec::new() }
    }

    /// The machine is about to carry out an instruction.
    pub(crate) fn step(&mut self, machine: &Machine<'_, '_>, next: usize) {
        if let Some(op) = self.previous.take() {
            self.done(machine, op);
        }
        let Some(op) = machine.code.ops.get(next) else { return };
        if matches!(op, Op::Jump { .. } | Op::Leave) {
            return;
        }
        let depth = self.calls.len();
        let line = machine.code.lines.get(next).copied().unwrap_or_default();
        self.lines.resize(depth + 1, 0);
        if std::mem::replace(&mut self.lines[depth], line) != line {
            self.tracer.event(Event::Line { line, function: machine.function_name(), depth });
        }
        match op {
            Op::Call { function, to, .. } => self.calls.push((*to, *function as usize)),
            // The line that a loop goes back to is come to anew.
            Op::Again { .. } => self.lines[depth] = 0,
            Op::Builtin { function, first, count, .. } => {
                let function = machine.code.builtins[*function as usize];
                let arguments = machine.code.arguments.iter().skip(*first as usize).take(*count as usize);
                let given = arguments.zip(function.parameters).filter(|(_, p)| p.takes != Takes::Value);
                let places = given.map(|(argument, _)| machine.place(*argument));
                self.given = places.map(|place| (place, value(machine, place))).collect();
            }
            _ => {}
        }
        self.previous = Some(*op);
    }

    /// The machine has carried out an instruction.
    fn done(&mut self, machine: &Machine<'_, '_>, op: Op) {
        match op {
            Op::Assign { to, .. } | Op::Append { to, .. } => self.set(machine, machine.place(to)),
            Op::Add { to, .. }
            | Op::Arith { to, .. }
            | Op::Unary { to, .. }
            | Op::Compare { to, .. }
            | Op::Cast { to, .. }
            | Op::Element { to, .. } => self.set_variable(machine, to),
            Op::Builtin { function, to, .. } => {
                for (place, before) in std::mem::take(&mut self.given) {
                    if value(machine, place) != before {
                        self.set(machine, place);
                    }
                }
                let function = machine.code.builtins[function as usize];
                if function.result != Gives::Nothing {
                    self.gave(machine, function.name, to);
                }
            }
            Op::Call { count, .. } => {
                (0..u32::from(count)).for_each(|parameter| self.set_variable(machine, parameter));
            }
            Op::Return { .. } | Op::ReturnNothing => {
                if let Some((to, function)) = self.calls.pop() {
                    self.gave(machine, machine.name_of_function(function), to);
                }
            }
            _ => {}
        }
    }

    fn gave(&mut self, machine: &Machine<'_, '_>, function: &str, to: u32) {
        let result = TypedValue::of(machine.stack[machine.base + to as usize].clone());
        self.tracer.event(Event::Gave { function, value: result });
        self.set_variable(machine, to);
    }

    /// A slot has got a value, which counts only if it is a variable's.
    fn set_variable(&mut self, machine: &Machine<'_, '_>, slot: u32) {
        if slot < machine.code.variables {
            self.set(machine, Place::Slot((machine.base + slot as usize) as u32));
        }
    }

    fn set(&mut self, machine: &Machine<'_, '_>, place: Place) {
        if let Some(name) = name(machine, place) {
            let kind = memory::kind(&machine.stack, place);
            let value = value(machine, place).into_value();
            self.tracer.event(Event::Set { name: &name, value: TypedValue { kind, value } });
        }
    }
}

fn value(machine: &Machine<'_, '_>, place: Place) -> Val {
    memory::load(&machine.stack, &machine.env.items, place)
}

/// What stands at a place, as scripts spell it; `None` for what is no variable.
fn name(machine: &Machine<'_, '_>, place: Place) -> Option<String> {
    let field = |field: FieldPlace| {
        let name = &machine.env.items.get(field.side)?.list().get(field.id)?.name;
        Some(format!("{}.{name}", if field.side == Side::Target { "TARGET" } else { "REFERENCE" }))
    };
    match place {
        Place::Slot(slot) => machine.variable_name(slot).map(str::to_owned),
        Place::Element(slot, index) => Some(format!("{}[{index}]", machine.variable_name(slot)?)),
        Place::Field(place) => field(place),
        Place::FieldElement(place, index) => Some(format!("{}[{index}]", field(place)?)),
    }
}
