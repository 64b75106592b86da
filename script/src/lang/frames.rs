//! Calls of user functions: each has its variables behind those of its caller, and goes back to where it was called.

use super::MAX_CALL_DEPTH;
use super::code::{Code, Operand};
use super::error::Fault;
use super::kind::Kind;
use super::machine::Machine;
use super::memory;
use super::val::Val;

/// A caller that waits for the function it called.
pub(super) struct Frame<'r> {
    pub(super) code: &'r Code,
    pub(super) base: usize,
    pub(super) next: usize,
    pub(super) to: u32,
    pub(super) function: usize,
    pub(super) loops: u32,
}

impl<'r> Machine<'r, '_> {
    /// Goes into a function with its arguments.
    pub(super) fn enter_function(
        &mut self,
        function: usize,
        to: u32,
        first: usize,
        count: usize,
        next: usize,
    ) -> Result<(), Fault> {
        if self.frames.len() >= MAX_CALL_DEPTH {
            return Err(Fault::CallDepth);
        }
        let loops = self.loops;
        // Functions that only call each other can run as long as loops can.
        self.enter();
        self.tick()?;
        let functions = self.functions;
        let callee = &functions[function];
        let base = self.base + self.code.slots as usize;
        let top = base + callee.code.slots as usize;
        if self.stack.len() < top {
            self.stack.resize(top, Val::Unassigned(Kind::None));
        }
        let arguments = &self.code.arguments[first..first + count];
        for (place, (argument, parameter)) in arguments.iter().zip(&callee.signature.parameters).enumerate() {
            let value = match (parameter.by_ref, self.number(*argument)) {
                (true, _) => Val::Place(self.place(*argument)),
                (false, Some(number)) if parameter.kind == Kind::Integer && !parameter.array => {
                    Val::Integer(number)
                }
                (false, _) if parameter.array => {
                    let value = memory::load(&self.stack, &self.env.items, self.place(*argument));
                    memory::as_array(value, parameter.kind)
                }
                (false, _) => self.view(*argument).assigned_to(parameter.kind),
            };
            self.charge(if parameter.array { value.weight() } else { value.view().size() })?;
            self.stack[base + place] = value;
        }
        for (number, (_, kind, array)) in callee.locals.iter().enumerate().skip(count) {
            self.stack[base + number] = Val::fresh(*kind, *array);
        }
        self.frames.push(Frame { code: self.code, base: self.base, next, to, function, loops });
        self.code = &callee.code;
        self.base = base;
        Ok(())
    }

    /// The value to return: taken from where it stands if that ends with the function.
    pub(super) fn returned(&mut self, operand: Operand) -> Val {
        match operand {
            Operand::Slot(slot) if !self.frames.is_empty() => {
                let slot = &mut self.stack[self.base + slot as usize];
                match slot {
                    Val::Array(..) | Val::Place(_) => slot.view().to_val(),
                    slot => std::mem::replace(slot, Val::Unassigned(Kind::None)),
                }
            }
            operand => self.view(operand).to_val(),
        }
    }

    /// Goes back to the caller: where it goes on, or the value of the whole script.
    pub(super) fn leave_function(&mut self, value: Option<Val>) -> Result<Result<usize, Option<Val>>, Fault> {
        let Some(frame) = self.frames.pop() else { return Ok(Err(value)) };
        let result = self.functions[frame.function].signature.result;
        let value = match (value, result) {
            (Some(value), Some(kind)) if value.view().kind() == kind => value,
            (Some(value), Some(kind)) => value.view().assigned_to(kind),
            (Some(value), None) => value,
            (None, kind) => Val::Unassigned(kind.unwrap_or(Kind::None)),
        };
        // Large variables of the function end with it.
        if self.uncounted > 0 {
            let top = self.base + self.code.slots as usize;
            self.stack[self.base..top].fill(Val::Unassigned(Kind::None));
        }
        self.code = frame.code;
        self.base = frame.base;
        self.loops = frame.loops;
        self.stack[self.base + frame.to as usize] = value;
        Ok(Ok(frame.next))
    }
}
