//! A call as an implementation sees it: arguments by number, and one result.

use std::borrow::Cow;

use super::{Function, Gives};
use crate::lang::machine::Machine;
use crate::lang::memory;
use crate::lang::regex::Groups;
use crate::lang::val::{Place, Val, View};
use crate::lang::{Env, Fault, Kind, Operand, clock};
use crate::time::Timestamp;
use crate::value::Value;

/// A call of a built-in function.
pub struct Call<'c, 'r, 'e> {
    machine: &'c mut Machine<'r, 'e>,
    arguments: &'r [Operand],
    to: u32,
    function: &'static Function,
}

impl<'c, 'r, 'e> Call<'c, 'r, 'e> {
    pub(crate) fn new(
        machine: &'c mut Machine<'r, 'e>,
        arguments: &'r [Operand],
        to: u32,
        function: &'static Function,
    ) -> Self {
        Call { machine, arguments, to, function }
    }

    /// How many arguments there are.
    pub fn count(&self) -> usize {
        self.arguments.len()
    }

    /// Whether an argument is there and has a value.
    pub fn given(&self, number: usize) -> bool {
        self.arguments.get(number).is_some_and(|argument| self.machine.view(*argument).is_assigned())
    }

    /// An argument, to look at; one left out is not assigned.
    #[inline]
    pub fn view(&self, number: usize) -> View<'_> {
        match self.arguments.get(number) {
            Some(argument) => self.machine.view(*argument),
            None => View::Unassigned(Kind::None),
        }
    }

    /// An argument as text.
    #[inline]
    pub fn text(&self, number: usize) -> Cow<'_, str> {
        self.view(number).text()
    }

    /// An argument as a number; 0 for none.
    #[inline]
    pub fn integer(&self, number: usize) -> i64 {
        self.view(number).integer()
    }

    /// An argument as a number, unless it was left out or has no value.
    pub fn optional_integer(&self, number: usize) -> Option<i64> {
        self.given(number).then(|| self.integer(number))
    }

    /// An argument as a time; the beginning of time for none.
    pub fn time(&self, number: usize) -> Timestamp {
        self.view(number).time().unwrap_or_else(|| clock::from_units(0))
    }

    /// An argument as a time, unless it says nothing.
    pub fn stated(&self, number: usize) -> Option<Timestamp> {
        self.view(number).stated()
    }

    /// An argument as a yes or no.
    pub fn flag(&self, number: usize) -> bool {
        self.integer(number) != 0
    }

    /// The function gives this.
    pub fn give(&mut self, value: Val) -> Result<(), Fault> {
        if let Val::Text(kind, text) = value {
            self.machine.spare = text;
            return self.machine.put_spare(self.to, kind);
        }
        let to = self.to as usize + self.machine.base;
        self.machine.stack[to] = value;
        Ok(())
    }

    /// The function gives a number.
    pub fn give_integer(&mut self, number: i64) -> Result<(), Fault> {
        self.machine.set_number(self.machine.base + self.to as usize, number);
        Ok(())
    }

    /// The function gives a number if there is one.
    pub fn give_optional(&mut self, number: Option<usize>) -> Result<(), Fault> {
        match number {
            Some(number) => self.give_integer(number as i64),
            None => self.give_nothing(),
        }
    }

    /// The function gives text that is made into a reused buffer.
    pub fn give_made(&mut self, make: impl FnOnce(&Self, &mut String)) -> Result<(), Fault> {
        let mut buffer = std::mem::take(&mut self.machine.spare);
        buffer.clear();
        make(self, &mut buffer);
        self.machine.spare = buffer;
        self.machine.put_spare(self.to, Kind::String)
    }

    /// The function gives text.
    pub fn give_text(&mut self, text: String) -> Result<(), Fault> {
        self.give(Val::Text(Kind::String, text))
    }

    /// The function gives a time.
    pub fn give_time(&mut self, time: Timestamp) -> Result<(), Fault> {
        self.give(if clock::is_empty(time) {
            Val::Empty(Kind::Timestamp)
        } else {
            Val::Time(Kind::Timestamp, time)
        })
    }

    /// The function gives UNASSIGNED, in the type that it declares.
    pub fn give_nothing(&mut self) -> Result<(), Fault> {
        let kind = match self.function.result {
            Gives::Kind(kind) => kind,
            Gives::Nothing | Gives::Any => Kind::None,
        };
        self.give(Val::Unassigned(kind))
    }

    /// The function gives a host's value, in the type that it declares.
    pub fn give_as_declared(&mut self, value: Value) -> Result<(), Fault> {
        match (self.function.result, value) {
            (Gives::Nothing, _) => Ok(()),
            (Gives::Any, value) => self.give(Val::untyped(value)),
            (Gives::Kind(Kind::String), Value::Text(text)) => self.give_made(|_, out| out.push_str(&text)),
            (Gives::Kind(kind), value) => self.give(Val::untyped(value).converted_to(kind)),
        }
    }

    /// The type of the variable, field, or its elements, that an argument is.
    pub fn kind(&self, number: usize) -> Kind {
        memory::kind(&self.machine.stack, self.place(number))
    }

    /// The number of elements of an argument that is an array.
    pub fn elements(&self, number: usize) -> Option<usize> {
        memory::array_length(&self.machine.stack, &self.machine.env.items, self.place(number))
    }

    /// An element of an argument that is an array.
    pub fn element(&self, number: usize, index: usize) -> View<'_> {
        let place = match self.place(number) {
            Place::Slot(slot) => Place::Element(slot, index as u32),
            Place::Field(field) => Place::FieldElement(field, index as u32),
            other => other,
        };
        memory::view_place(&self.machine.stack, &self.machine.env.items, place)
    }

    /// The whole content of an argument, arrays with their elements.
    pub fn load(&self, number: usize) -> Val {
        match self.arguments.get(number) {
            Some(Operand::Const(_)) | None => self.view(number).to_val(),
            Some(_) => memory::load(&self.machine.stack, &self.machine.env.items, self.place(number)),
        }
    }

    /// Writes to the variable that an argument is, in that variable's type.
    pub fn set(&mut self, number: usize, value: Val) -> Result<(), Fault> {
        match self.arguments.get(number) {
            Some(argument) => self.machine.write(*argument, value),
            None => Ok(()),
        }
    }

    /// Appends an element to the array that an argument is.
    pub fn push(&mut self, number: usize, value: Val) -> Result<(), Fault> {
        let end = self.elements(number).unwrap_or(0);
        let array = self.place(number);
        let place = memory::element(&mut self.machine.stack, &mut self.machine.env.items, array, end as i64)?;
        self.machine.charge(value.weight())?;
        memory::write(&mut self.machine.stack, &mut self.machine.env.items, place, value)
    }

    /// Where the variable stands that an argument is.
    pub fn place(&self, number: usize) -> Place {
        self.arguments.get(number).map_or(Place::Slot(u32::MAX), |argument| self.machine.place(*argument))
    }

    /// The variables of the running script that are no intermediate results.
    pub fn variables(&self) -> &[Val] {
        let base = self.machine.base;
        &self.machine.stack[base..base + self.machine.code.variables as usize]
    }

    /// The variables of the script that was begun with, whatever function runs.
    pub fn outermost_variables(&mut self) -> (&mut [Val], &Env<'e>) {
        (&mut self.machine.stack, self.machine.env)
    }

    /// What is outside.
    pub fn env(&mut self) -> &mut Env<'e> {
        self.machine.env
    }

    /// What is outside, to look at.
    pub fn env_ref(&self) -> &Env<'e> {
        self.machine.env
    }

    /// The arguments in the types that the function declares, as a host gets them.
    pub fn declared_arguments(&self) -> Vec<Value> {
        let given = self.function.parameters.iter().zip(self.arguments).enumerate();
        let typed = given.map(|(number, (parameter, _))| match parameter.kind {
            Some(kind) => self.view(number).field_value(kind),
            None => self.load(number).into_value(),
        });
        typed.collect()
    }

    /// Room for the groups of a match, to be given back.
    pub(crate) fn take_groups(&mut self) -> Groups {
        std::mem::take(&mut self.machine.patterns.groups)
    }

    /// See [`Call::take_groups`].
    pub(crate) fn give_groups_back(&mut self, groups: Groups) {
        self.machine.patterns.groups = groups;
    }

    /// Writes what a pattern matched in a text: to an array element by element, leaving what stands behind, or the
    /// first group, or the whole match, to a single variable.
    pub(crate) fn set_matches(&mut self, text: usize, number: usize, groups: &Groups) -> Result<(), Fault> {
        if let Some(done) = self.set_matches_in_place(text, number, groups) {
            return done;
        }
        let is_array = self.elements(number).is_some();
        let wanted = match (is_array, groups.len()) {
            (true, _) => &groups[..],
            (false, 0 | 1) => &groups[..],
            (false, _) => &groups[1..2],
        };
        let place = self.place(number);
        let mut part = std::mem::take(&mut self.machine.spare);
        for (index, group) in wanted.iter().enumerate() {
            let place = match is_array {
                true => memory::element(
                    &mut self.machine.stack,
                    &mut self.machine.env.items,
                    place,
                    index as i64,
                )?,
                false => place,
            };
            part.clear();
            if let Some((from, to)) = group {
                part.push_str(self.text(text).get(*from..*to).unwrap_or_default());
            }
            memory::write_text(&mut self.machine.stack, &mut self.machine.env.items, place, &mut part)?;
            self.machine.charge(part.len())?;
        }
        self.machine.spare = part;
        Ok(())
    }

    /// The same where the text can be looked at while the array is written to: the text is a constant or a variable
    /// of its own, and the array is a variable.
    fn set_matches_in_place(
        &mut self,
        text: usize,
        number: usize,
        groups: &Groups,
    ) -> Option<Result<(), Fault>> {
        let Place::Slot(slot) = self.place(number) else { return None };
        let machine = &mut *self.machine;
        let apart = match self.arguments.get(text)? {
            Operand::Const(_) => true,
            Operand::Slot(slot) => {
                matches!(machine.stack.get(machine.base + *slot as usize), Some(Val::Text(..)))
            }
            _ => false,
        };
        let Some(Val::Array(kind, elements)) = machine.stack.get_mut(slot as usize) else { return None };
        if !apart || !kind.is_text() || groups.len() > crate::item::MAX_ARRAY_INDEX {
            return None;
        }
        let (kind, mut elements) = (*kind, std::mem::take(elements));
        if elements.len() < groups.len() {
            elements.resize(groups.len(), Val::Unassigned(kind));
        }
        let mut written = 0;
        {
            let subject = self.text(text);
            for (element, group) in elements.iter_mut().zip(groups) {
                let part = group.and_then(|(from, to)| subject.get(from..to)).unwrap_or_default();
                written += part.len();
                match element {
                    Val::Text(_, room) => {
                        room.clear();
                        room.push_str(part);
                    }
                    element => *element = Val::Text(kind, part.to_owned()),
                }
            }
        }
        self.machine.stack[slot as usize] = Val::Array(kind, elements);
        Some(self.machine.charge(written))
    }

    /// The compiled pattern that an argument spells.
    pub(crate) fn pattern(&mut self, number: usize) -> Option<std::sync::Arc<crate::lang::regex::Pattern>> {
        let Call { machine, arguments, .. } = self;
        let (items, constants) = (&machine.env.items, &machine.code.constants);
        let view = memory::view(&machine.stack, machine.base, constants, items, *arguments.get(number)?);
        machine.patterns.compiled(&view.text())
    }
}
