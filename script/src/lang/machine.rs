//! Running compiled scripts.
//!
//! All variables and intermediate results of a script, and of the user functions it is in, stand on one stack;
//! fields stay in their items. What is only looked at is looked at where it stands.

use super::code::{Code, FunctionCode, Op, Operand};
use super::error::{Fault, RunError};
use super::frames::Frame;
use super::host::Env;
use super::kind::Kind;
use super::memory;
use super::ops::{self, Arith};
use super::regex::Patterns;
use super::trace::Trace;
use super::val::{FieldPlace, Place, Val, View};
use super::{LOOP_CHECK, MAX_MEMORY, MAX_TEXT, memory::MAX_UNCOUNTED};
use crate::digits::push_integer;
use crate::functions::Call;

/// A script that runs.
pub struct Machine<'r, 'e> {
    pub(crate) stack: Vec<Val>,
    pub(crate) base: usize,
    pub(crate) code: &'r Code,
    pub(crate) env: &'r mut Env<'e>,
    pub(crate) patterns: &'r mut Patterns,
    pub(super) functions: &'r [FunctionCode],
    pub(super) frames: Vec<Frame<'r>>,
    /// Room for text that is being made, kept so that none is asked for again and again.
    pub(crate) spare: String,
    pub(super) loops: u32,
    /// The instruction at which a fault happened.
    at: usize,
    ticks: u32,
    started: u64,
    timeout: u64,
    /// Bytes of large texts written since all were counted.
    pub(super) uncounted: usize,
    trace: Option<Trace<'r>>,
}

impl<'r, 'e> Machine<'r, 'e> {
    /// A machine for one run. `stack` has the variables of the script, in order of their slots, and behind them
    /// what a run before has left; `timeout` is in milliseconds, 0 for none.
    pub fn new(
        code: &'r Code,
        functions: &'r [FunctionCode],
        mut stack: Vec<Val>,
        env: &'r mut Env<'e>,
        patterns: &'r mut Patterns,
        timeout: u64,
    ) -> Self {
        if stack.len() < code.slots as usize {
            stack.resize(code.slots as usize, Val::Unassigned(Kind::None));
        }
        Machine {
            stack,
            base: 0,
            code,
            env,
            patterns,
            functions,
            frames: Vec::new(),
            spare: String::new(),
            loops: 0,
            at: 0,
            ticks: 0,
            started: 0,
            timeout,
            uncounted: 0,
            trace: None,
        }
    }

    /// Runs to the end. The value is that of RETURN, if there was one with a value.
    pub fn run(&mut self) -> Result<Option<Val>, RunError> {
        let ended = self.steps::<false>();
        self.ended(ended)
    }

    /// The same, told step by step.
    pub fn run_traced(&mut self, trace: Trace<'r>) -> Result<Option<Val>, RunError> {
        self.trace = Some(trace);
        let ended = self.steps::<true>();
        self.ended(ended)
    }

    fn ended(&self, ended: Result<Option<Val>, Fault>) -> Result<Option<Val>, RunError> {
        ended.map_err(|fault| {
            let line = self.code.lines.get(self.at).copied().unwrap_or_default();
            RunError { fault, line, function: self.function_name().map(str::to_owned) }
        })
    }

    /// The user function that runs, if one does.
    pub(super) fn function_name(&self) -> Option<&'r str> {
        self.frames.last().map(|frame| self.name_of_function(frame.function))
    }

    /// The name of a user function.
    pub(super) fn name_of_function(&self, function: usize) -> &'r str {
        &self.functions[function].signature.name
    }

    /// The name of the variable at a place on the stack; `None` for an intermediate result.
    pub(super) fn variable_name(&self, slot: u32) -> Option<&'r str> {
        let callers = self.frames.iter().rev().map(|frame| (frame.code, frame.base));
        let (code, base) = std::iter::once((self.code, self.base))
            .chain(callers)
            .find(|(_, base)| slot as usize >= *base)?;
        code.names.get(slot as usize - base).map(String::as_str)
    }

    /// Takes the variables back, behind them the intermediate results, whose room the next run can use, and
    /// `spare`. Where there were large texts, nothing but the variables is kept.
    pub fn take_room(&mut self) -> (Vec<Val>, String) {
        let code = self.frames.first().map_or(self.code, |outermost| outermost.code);
        let is_small = self.uncounted == 0;
        self.stack.truncate(if is_small { code.slots } else { code.variables } as usize);
        let spare = std::mem::take(&mut self.spare);
        (std::mem::take(&mut self.stack), if is_small { spare } else { String::new() })
    }

    fn steps<const TRACED: bool>(&mut self) -> Result<Option<Val>, Fault> {
        let mut code = self.code;
        let mut next = 0;
        // Where a fault happens is written down only when one does.
        macro_rules! checked {
            ($result:expr) => {
                match $result {
                    Ok(value) => value,
                    Err(fault) => {
                        self.at = next - 1;
                        return Err(fault);
                    }
                }
            };
        }
        loop {
            if TRACED && let Some(mut trace) = self.trace.take() {
                trace.step(self, next);
                self.trace = Some(trace);
            }
            let Some(op) = code.ops.get(next) else { return Ok(None) };
            next += 1;
            match *op {
                Op::JumpUnlessCompare { op, a, b, target } => {
                    let holds = match (self.number(a), self.number(b)) {
                        (Some(a), Some(b)) => op.holds_for(a, b),
                        _ => op.holds(ops::compare(self.view(a), self.view(b))),
                    };
                    if !holds {
                        next = target as usize;
                    }
                }
                Op::JumpUnlessEmpty { a, empty, target } => {
                    if self.view(a).is_empty() != empty {
                        next = target as usize;
                    }
                }
                Op::Add { to, a, b } => match (self.number(a), self.number(b)) {
                    (Some(a), Some(b)) => self.set_number(self.base + to as usize, a.wrapping_add(b)),
                    _ => checked!(self.add(to, a, b)),
                },
                Op::Append { to, b } => checked!(self.append(to, b)),
                Op::Again { target } => {
                    checked!(self.tick());
                    next = target as usize;
                }
                Op::Assign { to, from } => checked!(self.assign(to, from)),
                Op::Copy { to, from } => {
                    let value = self.view(from).to_val();
                    checked!(self.put(to, value));
                }
                Op::Cast { kind, to, from } => {
                    let value = self.view(from).cast_to(kind);
                    checked!(self.put(to, value));
                }
                Op::Arith { op, to, a, b } => {
                    let value = match (self.number(a), self.number(b)) {
                        (Some(a), Some(b)) => Val::Integer(checked!(op.of_integers(a, b))),
                        _ => checked!(op.apply(self.view(a), self.view(b))),
                    };
                    self.stack[self.base + to as usize] = value;
                }
                Op::Unary { op, to, a } => {
                    let number = op.apply(self.view(a));
                    self.set_number(self.base + to as usize, number);
                }
                Op::Compare { op, to, a, b } => {
                    let holds = op.holds(ops::compare(self.view(a), self.view(b)));
                    self.set_number(self.base + to as usize, i64::from(holds));
                }
                Op::Jump { target } => next = target as usize,
                Op::JumpUnless { a, target } => {
                    if !self.view(a).truth() {
                        next = target as usize;
                    }
                }
                Op::Need { side } => {
                    checked!(self.env.items.get(side).ok_or(Fault::NoItem));
                }
                Op::Enter => self.enter(),
                Op::Leave => self.loops = self.loops.saturating_sub(1),
                Op::Element { to, array, index } => {
                    let place = checked!(self.element(array, index));
                    let value = memory::view_place(&self.stack, &self.env.items, place).to_val();
                    checked!(self.put(to, value));
                }
                Op::ElementPlace { to, array, index } => {
                    let place = checked!(self.element(array, index));
                    self.stack[self.base + to as usize] = Val::Place(place);
                }
                Op::OffsetPlace { to, from, by } => {
                    let place = checked!(self.offset(from, by));
                    self.stack[self.base + to as usize] = Val::Place(place);
                }
                Op::Call { function, to, first, count } => {
                    checked!(self.enter_function(
                        function as usize,
                        to,
                        first as usize,
                        count as usize,
                        next
                    ));
                    next = 0;
                    code = self.code;
                }
                Op::Builtin { function, to, first, count } => {
                    let first = first as usize;
                    let arguments = &code.arguments[first..first + count as usize];
                    let function = code.builtins[function as usize];
                    checked!(function.run(&mut Call::new(self, arguments, to, function)));
                }
                Op::Return { a } => {
                    // A number that is to be one needs nothing done to it.
                    if let Some(number) = self.number(a)
                        && let Some(frame) = self.frames.last()
                        && self.functions[frame.function].signature.result == Some(Kind::Integer)
                        && self.uncounted == 0
                    {
                        (next, code) = (frame.next, frame.code);
                        (self.code, self.base, self.loops) = (frame.code, frame.base, frame.loops);
                        let to = self.base + frame.to as usize;
                        self.set_number(to, number);
                        self.frames.pop();
                        continue;
                    }
                    let value = self.returned(a);
                    match checked!(self.leave_function(Some(value))) {
                        Ok(after) => {
                            next = after;
                            code = self.code;
                        }
                        Err(value) => return Ok(value),
                    }
                }
                Op::ReturnNothing => match checked!(self.leave_function(None)) {
                    Ok(after) => {
                        next = after;
                        code = self.code;
                    }
                    Err(value) => return Ok(value),
                },
            }
        }
    }

    /// Puts a number into a slot, which mostly holds one already: then nothing has to be dropped.
    #[inline]
    pub(crate) fn set_number(&mut self, at: usize, number: i64) {
        match &mut self.stack[at] {
            Val::Integer(there) => *there = number,
            _ => self.replace_by_number(at, number),
        }
    }

    /// The same where something else was there: the room of a text is kept for the next.
    #[inline(never)]
    fn replace_by_number(&mut self, at: usize, number: i64) {
        let before = std::mem::replace(&mut self.stack[at], Val::Integer(number));
        if let Val::Text(_, room) = before
            && self.spare.capacity() == 0
        {
            self.spare = room;
        }
    }

    /// The number at an operand, if it is one.
    #[inline]
    pub(super) fn number(&self, operand: Operand) -> Option<i64> {
        let value = match operand {
            Operand::Slot(slot) => &self.stack[self.base + slot as usize],
            Operand::Const(number) => &self.code.constants[number as usize],
            Operand::Ref(_) | Operand::Field(..) => return None,
        };
        match value {
            Val::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The value at an operand, to look at.
    #[inline(always)]
    pub(crate) fn view(&self, operand: Operand) -> View<'_> {
        memory::view(&self.stack, self.base, &self.code.constants, &self.env.items, operand)
    }

    /// The place that an operand means.
    pub(crate) fn place(&self, operand: Operand) -> Place {
        match operand {
            Operand::Slot(slot) => Place::Slot((self.base + slot as usize) as u32),
            Operand::Ref(slot) => match self.stack[self.base + slot as usize] {
                Val::Place(place) => place,
                _ => Place::Slot((self.base + slot as usize) as u32),
            },
            Operand::Field(field) => Place::Field(field),
            // Constants are never written: the compiler asks for variables.
            Operand::Const(_) => Place::Slot(self.stack.len() as u32),
        }
    }

    /// Puts a value into a slot as it is.
    fn put(&mut self, to: u32, value: Val) -> Result<(), Fault> {
        if let Val::Text(_, text) = &value {
            self.charge(text.len())?;
        }
        self.stack[self.base + to as usize] = value;
        Ok(())
    }

    /// Puts the text in `spare` into a slot, and takes what room the slot had instead.
    pub(crate) fn put_spare(&mut self, to: u32, kind: Kind) -> Result<(), Fault> {
        if self.spare.len() > MAX_TEXT {
            return Err(Fault::TextLength);
        }
        self.charge(self.spare.len())?;
        match &mut self.stack[self.base + to as usize] {
            Val::Text(known, text) => {
                *known = kind;
                std::mem::swap(text, &mut self.spare);
            }
            slot => *slot = Val::Text(kind, std::mem::take(&mut self.spare)),
        }
        Ok(())
    }

    /// Writes a value to an operand, in the type that stands there.
    pub(crate) fn write(&mut self, to: Operand, value: Val) -> Result<(), Fault> {
        self.charge(value.weight())?;
        let place = self.place(to);
        memory::write(&mut self.stack, &mut self.env.items, place, value)
    }

    fn assign(&mut self, to: Operand, from: Operand) -> Result<(), Fault> {
        match to {
            Operand::Field(field) if !field.array => {
                let source = self.view(from);
                let (size, value) = (source.size(), source.field_value(field.kind));
                self.charge(size)?;
                return memory::write_field(&mut self.env.items, field, value);
            }
            // Text for text goes into the room that is there, unless it may be that very text.
            Operand::Slot(slot) if from != to && !matches!(from, Operand::Ref(_)) => {
                let at = self.base + slot as usize;
                if let Val::Text(kind, room) = &mut self.stack[at] {
                    let (kind, mut text) = (*kind, std::mem::take(room));
                    if let View::Text(_, new) = self.view(from) {
                        text.clear();
                        text.push_str(new);
                        let length = text.len();
                        self.stack[at] = Val::Text(kind, text);
                        return self.charge(length);
                    }
                }
            }
            _ => {}
        }
        let source = match from {
            Operand::Const(number) => self.code.constants[number as usize].clone(),
            // An intermediate result is for this alone.
            Operand::Slot(slot) if slot >= self.code.variables => {
                std::mem::replace(&mut self.stack[self.base + slot as usize], Val::Unassigned(Kind::None))
            }
            from => memory::load(&self.stack, &self.env.items, self.place(from)),
        };
        self.write(to, source)
    }

    fn add(&mut self, to: u32, a: Operand, b: Operand) -> Result<(), Fault> {
        let left = self.view(a).kind();
        if !left.is_text() {
            let value = Arith::Add.apply(self.view(a), self.view(b))?;
            return self.put(to, value);
        }
        if self.view(a).size() + self.view(b).size() > MAX_TEXT {
            return Err(Fault::TextLength);
        }
        let mut text = std::mem::take(&mut self.spare);
        text.clear();
        self.view(a).push_to(&mut text);
        self.view(b).push_to(&mut text);
        self.spare = text;
        self.put_spare(to, left)
    }

    #[inline]
    fn append(&mut self, to: Operand, b: Operand) -> Result<(), Fault> {
        if let (Operand::Slot(slot), Some(number)) = (to, self.number(b))
            && let Val::Text(_, text) = &mut self.stack[self.base + slot as usize]
        {
            let before = text.len();
            push_integer(text, number);
            let after = text.len();
            return self.charge_appended(before, after);
        }
        let place = self.place(to);
        let mut text = memory::take_text(&mut self.stack, &mut self.env.items, place)?;
        let before = text.len();
        let fits = before + self.view(b).size() <= MAX_TEXT;
        if fits {
            self.view(b).push_to(&mut text);
        }
        let after = text.len();
        memory::give_text(&mut self.stack, &mut self.env.items, place, text)?;
        if fits { self.charge_appended(before, after) } else { Err(Fault::TextLength) }
    }

    /// Counts what was appended to a text.
    #[inline]
    fn charge_appended(&mut self, before: usize, after: usize) -> Result<(), Fault> {
        if after <= MAX_UNCOUNTED {
            return Ok(());
        }
        if after > MAX_TEXT {
            return Err(Fault::TextLength);
        }
        self.uncounted += if before > MAX_UNCOUNTED { after - before } else { after };
        if self.uncounted > MAX_MEMORY { self.count_memory() } else { Ok(()) }
    }

    /// Counts a text that is kept.
    #[inline]
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), Fault> {
        if bytes <= MAX_UNCOUNTED { Ok(()) } else { self.charge_large(bytes) }
    }

    #[cold]
    fn charge_large(&mut self, bytes: usize) -> Result<(), Fault> {
        if bytes > MAX_MEMORY {
            return Err(Fault::TextLength);
        }
        self.uncounted += bytes;
        if self.uncounted > MAX_MEMORY { self.count_memory() } else { Ok(()) }
    }

    /// Counts what all variables hold.
    #[cold]
    fn count_memory(&mut self) -> Result<(), Fault> {
        let weight: usize = self.stack.iter().map(Val::weight).sum();
        // Half of what is there counts again, so that the next count comes after as much was written.
        self.uncounted = weight / 2;
        if weight > MAX_MEMORY { Err(Fault::Memory) } else { Ok(()) }
    }

    /// The place of an element, made if it wasn't there.
    fn element(&mut self, array: Operand, index: Operand) -> Result<Place, Fault> {
        let index = self.view(index).integer();
        let place = self.place(array);
        memory::element(&mut self.stack, &mut self.env.items, place, index)
    }

    fn offset(&mut self, from: Operand, by: Operand) -> Result<Place, Fault> {
        let by = self.view(by).integer();
        let wrong = Fault::FieldOffset(by);
        match from {
            Operand::Slot(slot) => {
                let number = i64::from(slot).checked_add(by).ok_or(wrong.clone())?;
                let within = (0..i64::from(self.code.variables)).contains(&number);
                if within { Ok(Place::Slot((self.base as i64 + number) as u32)) } else { Err(wrong) }
            }
            Operand::Field(FieldPlace { side, id, .. }) => {
                let list = self.env.items.get(side).ok_or(Fault::NoItem)?.list();
                let id = i32::try_from(by).ok().and_then(|by| id.offset(by));
                id.and_then(|id| FieldPlace::of(side, list, id)).map(Place::Field).ok_or(wrong)
            }
            Operand::Ref(_) | Operand::Const(_) => Err(wrong),
        }
    }

    pub(super) fn enter(&mut self) {
        if self.loops == 0 {
            self.started = self.env.system.elapsed_ms();
        }
        self.loops += 1;
    }

    /// One round of a loop or one call: looks at the clock now and then.
    #[inline]
    pub(super) fn tick(&mut self) -> Result<(), Fault> {
        self.ticks += 1;
        if self.ticks < LOOP_CHECK { Ok(()) } else { self.check_time() }
    }

    #[cold]
    pub(crate) fn check_time(&mut self) -> Result<(), Fault> {
        self.ticks = 0;
        let elapsed = self.env.system.elapsed_ms().saturating_sub(self.started);
        if self.timeout > 0 && self.loops > 0 && elapsed > self.timeout {
            Err(Fault::LoopTimeout)
        } else {
            Ok(())
        }
    }
}
