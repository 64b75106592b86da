//! From tokens to trees (manual 6.4 to 6.13): statements by their first word, expressions by the strength of
//! their operators.
//!
//! All errors of a script are reported: after one, reading goes on behind the next semicolon.

use super::ast::{Declaration, Expr, Node, Parameter, Scope, Script, Stmt, UserFunction, Variable};
use super::error::ScriptError;
use super::kind::Kind;
use super::lexer::{Macros, Place, Tok, Token, tokens};
use super::ops::{Arith, Compare, Unary};
use super::val::{Side, Val};

/// How deep statements and expressions may stand in each other: the parser and the compiler go down with them.
pub const MAX_NESTING: usize = 250;
/// How many errors of one script are reported.
const MAX_ERRORS: usize = 50;

/// Words that are no names of variables or functions.
const KEYWORDS: &[&str] =
    &["if", "else", "loop", "while", "break", "continue", "return", "true", "false", "empty", "unassigned"];

/// Reads a script.
pub fn script(text: &str, macros: &Macros) -> (Script, Vec<ScriptError>) {
    let mut parser = Parser::new(text, macros);
    let body = parser.statements_until_end();
    (Script { body, declarations: parser.declarations }, parser.errors)
}

/// Reads the definition of a user function. `None` where not even its name can be read.
pub fn function(text: &str, macros: &Macros) -> (Option<UserFunction>, Vec<ScriptError>) {
    let mut parser = Parser::new(text, macros);
    let function = parser.function().ok();
    parser.errors.truncate(MAX_ERRORS);
    (function, parser.errors)
}

/// An error was reported; the statement can't be read further.
struct Stop;

type Read<T> = Result<T, Stop>;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    errors: Vec<ScriptError>,
    declarations: Vec<Declaration>,
    depth: usize,
}

impl Parser {
    fn new(text: &str, macros: &Macros) -> Self {
        let (tokens, errors) = tokens(text, macros);
        Parser { tokens, at: 0, errors, declarations: Vec::new(), depth: 0 }
    }

    fn statements_until_end(&mut self) -> Vec<Stmt> {
        let mut statements = Vec::new();
        while !self.at_end() && self.errors.len() < MAX_ERRORS {
            if self.sees("}") {
                let _ = self.fail::<()>("} without a {", None);
                self.at += 1;
                continue;
            }
            statements.extend(self.statement_or_skip());
        }
        statements
    }

    fn statement_or_skip(&mut self) -> Option<Stmt> {
        let start = self.at;
        match self.nested(Parser::statement) {
            Ok(statement) => Some(statement),
            Err(Stop) => {
                self.skip_statement(start);
                None
            }
        }
    }

    /// Goes on behind the next semicolon, or before the next brace.
    fn skip_statement(&mut self, start: usize) {
        while !self.at_end() && !self.sees("}") && !self.sees("{") {
            self.at += 1;
            if self.tokens[self.at - 1].tok == Tok::Sign(";") {
                return;
            }
        }
        if self.at == start && !self.at_end() {
            self.at += 1;
        }
    }

    fn statement(&mut self) -> Read<Stmt> {
        if self.takes(";") {
            return Ok(Stmt::Block(Vec::new()));
        }
        if self.sees("{") {
            return self.block();
        }
        let place = self.place();
        let Some(word) = self.word() else { return self.simple() };
        let kind = Kind::named(word);
        match keyword(word).unwrap_or_default() {
            "if" => {
                self.at += 1;
                let condition = self.condition()?;
                let then = self.nested(Parser::statement)?;
                let otherwise = match self.takes_word("else") {
                    true => Some(Box::new(self.nested(Parser::statement)?)),
                    false => None,
                };
                Ok(Stmt::If(condition, Box::new(then), otherwise))
            }
            "while" => {
                self.at += 1;
                let condition = self.condition()?;
                Ok(Stmt::Loop(Some(condition), Box::new(self.nested(Parser::statement)?), place))
            }
            "loop" => {
                self.at += 1;
                Ok(Stmt::Loop(None, Box::new(self.nested(Parser::statement)?), place))
            }
            "else" => self.fail("ELSE without an IF", None),
            "break" => {
                self.at += 1;
                self.end_of_statement(Stmt::Break(place))
            }
            "continue" => {
                self.at += 1;
                self.end_of_statement(Stmt::Continue(place))
            }
            "return" => {
                self.at += 1;
                let value = if self.sees(";") || self.at_end() { None } else { Some(self.expression(0)?) };
                self.end_of_statement(Stmt::Return(value, place))
            }
            _ => match kind {
                Some(kind) => self.declaration(kind),
                None => self.simple(),
            },
        }
    }

    fn block(&mut self) -> Read<Stmt> {
        let open = self.place();
        self.expect("{")?;
        let mut statements = Vec::new();
        while !self.takes("}") {
            if self.at_end() {
                self.report(open.error("{ without its }", None));
                break;
            }
            if self.errors.len() >= MAX_ERRORS {
                return Err(Stop);
            }
            statements.extend(self.statement_or_skip());
        }
        Ok(Stmt::Block(statements))
    }

    fn condition(&mut self) -> Read<Expr> {
        self.expect("(")?;
        let condition = self.expression(0)?;
        self.expect(")")?;
        Ok(condition)
    }

    fn simple(&mut self) -> Read<Stmt> {
        let expression = self.expression(0)?;
        if !self.takes("=") {
            return self.end_of_statement(Stmt::Expr(expression));
        }
        if !matches!(expression.node, Node::Variable(_)) {
            self.report(expression.place.error("only a variable or a field can be assigned to", None));
        }
        let value = self.expression(0)?;
        self.end_of_statement(Stmt::Assign(expression, value))
    }

    fn end_of_statement(&mut self, statement: Stmt) -> Read<Stmt> {
        // At the end of the text the semicolon says nothing that is not known.
        if !self.at_end() {
            let hint = match self.sees("=") {
                true => Some("to compare, write ==".to_owned()),
                false => None,
            };
            self.expect_with(";", hint)?;
        }
        Ok(statement)
    }

    fn declaration(&mut self, kind: Kind) -> Read<Stmt> {
        self.at += 1;
        loop {
            let declaration = self.declared_name(kind)?;
            self.declarations.push(declaration);
            if !self.takes(",") {
                break;
            }
        }
        if self.sees("=") {
            return self
                .fail("a declaration gives no value", Some("assign it in a statement of its own".into()));
        }
        self.expect(";")?;
        Ok(Stmt::Block(Vec::new()))
    }

    fn declared_name(&mut self, kind: Kind) -> Read<Declaration> {
        let place = self.place();
        let Tok::Ident(name) = self.tokens[self.at].tok.clone() else {
            return self.fail("name of a variable expected", None);
        };
        if keyword(&name).is_some() {
            return self
                .fail(format!("{name} is a word of the language"), Some("choose another name".into()));
        }
        self.at += 1;
        let array = self.takes("[");
        if array && !self.takes("]") {
            let hint = Some("arrays grow as needed: write [] without a size".to_owned());
            return self.fail(format!("size in the declaration of array {name}"), hint);
        }
        Ok(Declaration { name, kind, array, place })
    }

    fn function(&mut self) -> Read<UserFunction> {
        let result = self.word().and_then(Kind::named);
        if result.is_some() {
            self.at += 1;
        }
        let place = self.place();
        let Tok::Ident(name) = self.tokens[self.at].tok.clone() else {
            return self.fail("name of a function expected", None);
        };
        self.at += 1;
        self.expect("(")?;
        let mut parameters: Vec<Parameter> = Vec::new();
        while !self.takes(")") {
            if !parameters.is_empty() {
                self.expect(",")?;
            }
            let Some(kind) = self.word().and_then(Kind::named) else {
                return self.fail("type of a parameter expected", None);
            };
            self.at += 1;
            let by_ref = self.takes("&");
            let variable = self.declared_name(kind)?;
            parameters.push(Parameter { variable, by_ref });
        }
        let body = vec![self.block()?];
        if !self.at_end() {
            let _ = self.fail::<()>("text behind the end of the function", None);
        }
        let script = Script { body, declarations: std::mem::take(&mut self.declarations) };
        Ok(UserFunction { name, place, result, parameters, script })
    }

    /// An expression of operators at least this strong.
    fn expression(&mut self, least: u8) -> Read<Expr> {
        let mut left = self.nested(Parser::operand)?;
        while let Tok::Sign(sign) = self.tokens[self.at].tok {
            let Some((strength, operator)) = binary(sign) else { break };
            if strength < least {
                break;
            }
            self.at += 1;
            let right = self.nested(|parser| parser.expression(strength + 1))?;
            let place = left.place.to(&right.place);
            let (left_box, right) = (Box::new(left), Box::new(right));
            let node = match operator {
                Operator::Arith(operator) => Node::Arith(operator, left_box, right),
                Operator::Compare(operator) => Node::Compare(operator, left_box, right),
            };
            left = self.made(node, place)?;
        }
        Ok(left)
    }

    fn operand(&mut self) -> Read<Expr> {
        let start = self.place();
        // Nothing is read twice, so that words and values can be taken out of their tokens.
        match &mut self.tokens[self.at].tok {
            Tok::Literal(value) => {
                let value = std::mem::replace(value, Val::Unassigned(Kind::None));
                self.at += 1;
                self.made(Node::Literal(value), start)
            }
            Tok::Sign("-") => self.unary(Unary::Neg),
            Tok::Sign("!") => self.unary(Unary::Not),
            Tok::Sign("~") => self.unary(Unary::BitNot),
            Tok::Sign("(") => {
                self.at += 1;
                if let Some(kind) = self.cast() {
                    let operand = self.nested(Parser::operand)?;
                    let place = start.to(&operand.place);
                    return self.made(Node::Cast(kind, Box::new(operand)), place);
                }
                let expression = self.expression(0)?;
                self.expect(")")?;
                Ok(expression)
            }
            Tok::Ident(name) => {
                let name = std::mem::take(name);
                self.named(name, start)
            }
            Tok::Sign(_) | Tok::End => self.fail("expression expected", None),
        }
    }

    /// An expression, unless it stands too deep: whoever reads it later goes down with it.
    fn made(&mut self, node: Node, place: Place) -> Read<Expr> {
        let depth = 1 + node.children().map(|child| child.depth).max().unwrap_or(0);
        if depth > MAX_NESTING {
            self.report(
                place.error("expression too deeply nested", Some("use variables for parts of it".into())),
            );
            return Err(Stop);
        }
        Ok(Expr { node, place, depth })
    }

    fn unary(&mut self, operator: Unary) -> Read<Expr> {
        let start = self.place();
        self.at += 1;
        let operand = self.nested(Parser::operand)?;
        let place = start.to(&operand.place);
        self.made(Node::Unary(operator, Box::new(operand)), place)
    }

    /// The type of a cast whose `(` was read.
    fn cast(&mut self) -> Option<Kind> {
        let kind = self.word().and_then(Kind::named)?;
        if self.tokens.get(self.at + 1)?.tok != Tok::Sign(")") {
            return None;
        }
        self.at += 2;
        Some(kind)
    }

    fn named(&mut self, name: String, start: Place) -> Read<Expr> {
        let constant = match keyword(&name) {
            None => None,
            Some("true") => Some(Val::Integer(1)),
            Some("false") => Some(Val::Integer(0)),
            Some("empty") => Some(Val::Empty(Kind::None)),
            Some("unassigned") => Some(Val::Unassigned(Kind::None)),
            Some(_) => return self.fail(format!("expression expected, not {name}"), None),
        };
        self.at += 1;
        if let Some(value) = constant {
            return self.made(Node::Literal(value), start);
        }
        if self.takes("(") {
            return self.call(name, start);
        }
        let (scope, name) = match self.takes(".") {
            true => (self.scope(&name, &start)?, self.name()?),
            false => (Scope::Any, name),
        };
        let mut variable = Variable { scope, name, offset: None, index: None };
        if self.sees("[") {
            self.at += 1;
            let offset = self.takes("+");
            let expression = Box::new(self.expression(0)?);
            self.expect("]")?;
            if offset {
                variable.offset = Some(expression);
            } else {
                variable.index = Some(expression);
            }
            if offset && self.takes("[") {
                variable.index = Some(Box::new(self.expression(0)?));
                self.expect("]")?;
            }
        }
        let place = start.to(&self.tokens[self.at - 1].place.clone());
        self.made(Node::Variable(variable), place)
    }

    fn scope(&mut self, prefix: &str, place: &Place) -> Read<Scope> {
        match prefix.to_ascii_lowercase().as_str() {
            "local" => Ok(Scope::Local),
            "target" | "new" | "winning" => Ok(Scope::Item(Side::Target)),
            "reference" | "old" | "loosing" => Ok(Scope::Item(Side::Reference)),
            _ => {
                let known = ["LOCAL", "TARGET", "NEW", "WINNING", "REFERENCE", "OLD", "LOOSING"];
                let hint = format!("known are {}", known.join(", "));
                self.report(place.error(format!("unknown prefix {prefix}"), Some(hint)));
                Err(Stop)
            }
        }
    }

    fn call(&mut self, name: String, at: Place) -> Read<Expr> {
        let mut arguments = Vec::new();
        while !self.takes(")") {
            if !arguments.is_empty() {
                self.expect_with(",", Some("or the call lacks its )".into()))?;
            }
            arguments.push(self.expression(0)?);
        }
        let place = at.to(&self.tokens[self.at - 1].place.clone());
        self.made(Node::Call { name, at, arguments }, place)
    }

    fn name(&mut self) -> Read<String> {
        match self.tokens[self.at].tok.clone() {
            Tok::Ident(name) => {
                self.at += 1;
                Ok(name)
            }
            _ => self.fail("name expected", None),
        }
    }

    /// Goes one level down, as far as that is allowed.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= MAX_NESTING {
            return self.fail("too deeply nested", Some("use variables or functions for parts of it".into()));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn word(&self) -> Option<&str> {
        match &self.tokens[self.at].tok {
            Tok::Ident(name) => Some(name),
            _ => None,
        }
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = self.word().is_some_and(|seen| seen.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn sees(&self, sign: &str) -> bool {
        matches!(self.tokens[self.at].tok, Tok::Sign(seen) if seen == sign)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = self.sees(sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Read<()> {
        self.expect_with(sign, None)
    }

    fn expect_with(&mut self, sign: &str, hint: Option<String>) -> Read<()> {
        if self.takes(sign) {
            return Ok(());
        }
        // A missing sign belongs behind what stands before it.
        let (place, there) = match (self.at.checked_sub(1), sign) {
            (Some(before), ";" | ")") => (self.tokens[before].place.clone(), "behind this"),
            _ => (self.place(), "here"),
        };
        self.report(place.error(format!("{sign} is missing {there}"), hint));
        Err(Stop)
    }

    fn fail<T>(&mut self, message: impl Into<String>, hint: Option<String>) -> Read<T> {
        let error = self.place().error(message, hint);
        self.report(error);
        Err(Stop)
    }

    fn report(&mut self, error: ScriptError) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }

    fn place(&self) -> Place {
        self.tokens[self.at].place.clone()
    }

    fn at_end(&self) -> bool {
        self.tokens[self.at].tok == Tok::End
    }
}

/// The keyword that a word is, in any case.
fn keyword(word: &str) -> Option<&'static str> {
    KEYWORDS.iter().copied().find(|keyword| keyword.eq_ignore_ascii_case(word))
}

enum Operator {
    Arith(Arith),
    Compare(Compare),
}

/// The strength of an operator, and which it is (manual 6.10).
fn binary(sign: &str) -> Option<(u8, Operator)> {
    let arith = |strength, operator| Some((strength, Operator::Arith(operator)));
    let compare = |operator| Some((6, Operator::Compare(operator)));
    match sign {
        "*" => arith(9, Arith::Mul),
        "/" => arith(9, Arith::Div),
        "%" => arith(9, Arith::Rem),
        "+" => arith(8, Arith::Add),
        "-" => arith(8, Arith::Sub),
        "<<" => arith(7, Arith::Shl),
        ">>" => arith(7, Arith::Shr),
        ">" => compare(Compare::Gt),
        "<" => compare(Compare::Lt),
        ">=" => compare(Compare::Ge),
        "<=" => compare(Compare::Le),
        "==" => compare(Compare::Eq),
        "!=" | "<>" => compare(Compare::Ne),
        "&" => arith(5, Arith::And),
        "^" => arith(4, Arith::Xor),
        "|" => arith(3, Arith::Or),
        "&&" => arith(2, Arith::LogicAnd),
        "||" => arith(1, Arith::LogicOr),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<String> {
        let (_, errors) = script(text, &Macros::new());
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_error_of_a_script_is_reported() {
        let found = errors("INTEGER i; i = ; IF (i { i=1; } i=2; STRING a[5]; RETURN 1);");
        assert_eq!(found.len(), 4, "{found:#?}");
        assert_eq!(errors("WHILE (1) { IF (0) ; ELSE {} CONTINUE; }"), Vec::<String>::new());
    }

    #[test]
    fn depth_is_bounded() {
        for (open, close) in [("(", ")"), ("-", ""), ("(integer)", ""), ("1+(", ")"), ("f(", ")")] {
            let deep = format!("RETURN {}1{};", open.repeat(5000), close.repeat(5000));
            assert!(errors(&deep)[0].contains("deeply"), "{open}");
        }
        assert!(errors(&"{".repeat(5000))[0].contains("deeply"));
        assert!(errors(&"IF (1) ".repeat(5000))[0].contains("deeply"));
    }

    #[test]
    fn a_function_has_one_block() {
        let (found, errors) = function("integer f(integer a, string &b[]) { return a; }", &Macros::new());
        let found = found.unwrap();
        assert_eq!((errors.len(), found.parameters.len(), found.parameters[1].by_ref), (0, 2, true));
        for text in ["integer f(integer a) return a;", "integer (integer a) {}", "x", "f() {} extra"] {
            assert!(!function(text, &Macros::new()).1.is_empty(), "{text}");
        }
    }
}
